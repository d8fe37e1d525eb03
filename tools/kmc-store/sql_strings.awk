# SPDX-License-Identifier: GPL-2.0-or-later
# The files of sql/ as an array of C.
BEGIN {
	print "#include \"sql.h\"\n\nconst struct sql_file sql_files[] = {"
}
FNR == 1 {
	if (NR > 1)
		print "\t},"
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.sql$/, "", name)
	printf "\t{ \"%s\",\n", name
}
{
	gsub(/\\/, "\\\\")
	gsub(/"/, "\\\"")
	printf "\t\"%s\\n\"\n", $0
}
END {
	print "\t},\n\t{ 0, 0 }\n};"
}
