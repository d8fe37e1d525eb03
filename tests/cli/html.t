#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The page and the mails that kmc-report makes.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/cli/tap.sh
. "$TOP/tests/cli/tap.sh"

reports=$TOP/testdata/reports
manual=$TOP/testdata/fixtures/manual
vmlinux=$TOP/build/fixtures/manual/vmlinux
url='https://git.example/tree/%f?a&b#n%l'

# ---- the page ----

# has TEXT: the page has it
has() {
	grep -qF -- "$1" "$tmp/page.html"
}

"$KMC_REPORT" -q -f html "$reports"/*/input.* >"$tmp/page.html" 2>/dev/null
bugs=$("$KMC_REPORT" -q -g -f json "$reports"/*/input.* 2>/dev/null | wc -l)
check "a page has each bug once" test "$(grep -c '<h2 id="bug-' "$tmp/page.html")" = "$bugs"
grep -o 'href="#bug-[0-9a-f]*"' "$tmp/page.html" | sort -u | tr -d '"#' | cut -d = -f 2 >"$tmp/links"
grep -o 'id="bug-[0-9a-f]*"' "$tmp/page.html" | sort | tr -d '"' | cut -d = -f 2 >"$tmp/ids"
check "... with the links of the index" diff "$tmp/links" "$tmp/ids"
check "... no script, nothing that is fetched" has_none '<script\|<link\|<img\|src=\|@import\|url(' "$tmp/page.html"
check "... and no control character" has_none "$(printf '[\001-\010\013-\037\177]')" "$tmp/page.html"
check "200 bugs are less than 3 MB" test "$(($(wc -c <"$tmp/page.html") * 200 / bugs))" -lt 3000000
if command -v tidy >/dev/null; then
	check "a page is good HTML" tidy -q -e "$tmp/page.html"
else
	skip "a page is good HTML" "tidy is not installed"
fi

"$KMC_REPORT" -q -f html --source-url "$url" -k "$vmlinux" "$manual/report.log" >"$tmp/page.html"
check "lines of source are links" \
	has '<a href="https://git.example/tree/kernel/signal.c?a&amp;b#n410">kernel/signal.c:410'
check "bytes are text, with their states" \
	has '<span class="i">80 00 00 00 </span><span class="u">00 00 00 00'
echo "nothing" >"$tmp/empty.log"
"$KMC_REPORT" -q -f html "$tmp/empty.log" >"$tmp/page.html"
check "without a report that is said" has '<p>No report.</p>'
sed 's/ntpdate/<b>"\&/' "$manual/report.log" >"$tmp/tags.log"
"$KMC_REPORT" -q -f html "$tmp/tags.log" >"$tmp/page.html"
check "what a report holds is no tag" has 'by &lt;b&gt;&quot;&amp; (pid 1856)'

# ---- mail ----

mkdir -p "$tmp/tree/scripts" "$tmp/tree/include/asm-generic"
touch "$tmp/tree/include/asm-generic/siginfo.h"
cat >"$tmp/tree/scripts/get_maintainer.pl" <<-'END'
	#!/bin/sh
	for file; do :; done
	printf 'A <a@example.org>\nnobody\n\033Bcc: evil@example.org\n%s <f@example.org>\n' "$file"
END
chmod +x "$tmp/tree/scripts/get_maintainer.pl"
"$KMC_REPORT" -q -f mail -k "$vmlinux" -s "$tmp/tree" "$manual/report.log" >"$tmp/mail"
sed '/^$/,$d' "$tmp/mail" >"$tmp/head"
check "a mail goes to who maintains the file" same "$(printf '%s\n' \
	"From kmc-report Mon Sep 17 00:00:00 2001" \
	"Subject: kmemcheck: uninitialized-read in copy_siginfo" \
	"Cc: A <a@example.org>" 'Cc: \x1bBcc: evil@example.org' \
	"Cc: include/asm-generic/siginfo.h <f@example.org>" \
	"MIME-Version: 1.0" "Content-Type: text/plain; charset=us-ascii")" "$tmp/head"
check "... is narrow" has_none '.\{77\}' "$tmp/mail"
check "... ASCII" has_none '[^ -~]' "$tmp/mail"
check "... and says where it was" grep -q "kernel/signal.c:410" "$tmp/mail"
"$KMC_REPORT" -q -f mail "$reports"/*/input.* 2>/dev/null >"$tmp/mail"
all=$("$KMC_REPORT" -q -f json "$reports"/*/input.* 2>/dev/null | wc -l)
python3 - "$tmp/mail" >"$tmp/found" <<-'END'
	import mailbox, sys
	box = mailbox.mbox(sys.argv[1])
	print(len(box), sum(bool(m["Subject"]) for m in box), {k for m in box for k in m.keys()} -
	      {"Subject", "MIME-Version", "Content-Type"} or "nothing else")
END
check "mails of all reports are a mailbox" same "$all $all nothing else" "$tmp/found"
plan
