# report: the report folder
noinst_LIBRARIES += libreport.a
libreport_a_SOURCES = \
	src/report/around.c \
	src/report/around.h \
	src/report/case.c \
	src/report/columns.h \
	src/report/counts.c \
	src/report/coverage.c \
	src/report/csv.c \
	src/report/finding.c \
	src/report/findings.c \
	src/report/jsonl.c \
	src/report/json_read.c \
	src/report/json_read.h \
	src/report/manifest.c \
	src/report/manifest_read.c \
	src/report/manifest_images.c \
	src/report/manifest_signs.c \
	src/report/near.c src/report/newfile.c \
	src/report/outfile.c \
	src/report/page.c \
	src/report/page.h \
	src/report/page_around.c \
	src/report/page_around.h \
	src/report/page_case.c \
	src/report/page_chart.c \
	src/report/page_coverage.c \
	src/report/page_data.c \
	src/report/page_data.h \
	src/report/page_examined.c \
	src/report/page_findings.c \
	src/report/page_hosts.c \
	src/report/page_images.c \
	src/report/page_installers.c \
	src/report/page_list.c \
	src/report/page_meta.c \
	src/report/page_method.c \
	src/report/page_overview.c \
	src/report/page_record.c \
	src/report/page_rules.c \
	src/report/page_signs.c \
	src/report/page_style.c \
	src/report/sighting.c \
	src/report/page_summary.c \
	src/report/page_suppressed.c \
	src/report/suppressed.c \
	src/report/page_tree.c \
	src/report/page_words.c \
	src/report/profile.h \
	src/report/profile_ecs.c \
	src/report/profile_explorer.c \
	src/report/profile_timesketch.c \
	src/report/provenance.c \
	src/report/records.c \
	src/report/report-private.h \
	src/report/report.c \
	src/report/sheet.c \
	src/report/sign.c \
	src/report/sort.c \
	src/report/sources.c \
	src/report/text.c \
	src/report/ticket.c \
	src/report/timeline.c \
	src/report/timeline.h \
	src/report/timeline_write.c
# The page's script, in this order, and its style, as bytes in the program.
PAGE_JS = src/report/page/base.js src/report/page/findings.js src/report/page/finding.js \
	src/report/page/timeline.js src/report/page/start.js
PAGE_CSS = src/report/page/page.css
EXTRA_DIST += $(PAGE_JS) $(PAGE_CSS)
nodist_libreport_a_SOURCES = src/report/page-text.c
CLEANFILES += src/report/page-text.c
page_bytes = { echo 'extern const uint8_t page_'$$name'_text[]; extern const size_t page_'$$name'_size;'; \
	echo 'const uint8_t page_'$$name'_text[] = {'; od -An -v -tu1 | sed 's/[0-9][0-9]*/&,/g'; \
	echo '};'; echo 'const size_t page_'$$name'_size = sizeof page_'$$name'_text;'; }
src/report/page-text.c: $(PAGE_JS) $(PAGE_CSS) src/report/local.mk
	@$(MKDIR_P) src/report
	$(AM_V_GEN){ echo '#include "evtxhound/base.h"'; \
	  name=js; (cd $(srcdir) && cat $(PAGE_JS)) | $(page_bytes); \
	  name=css; (cd $(srcdir) && cat $(PAGE_CSS)) | $(page_bytes); } >$@.new && mv $@.new $@
