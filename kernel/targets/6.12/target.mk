# SPDX-License-Identifier: GPL-2.0-only
# Lines of KEY=value, for make and for sh.
# The release that the series was made against.
BASE=6.12.117
# Debian's package of the source: /usr/src/$(PACKAGE).tar.xz
PACKAGE=linux-source-6.12
