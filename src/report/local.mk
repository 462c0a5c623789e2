# report: the report folder
noinst_LIBRARIES += libreport.a
libreport_a_SOURCES = \
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
	src/report/newfile.c \
	src/report/outfile.c \
	src/report/page.c \
	src/report/page.h \
	src/report/page_coverage.c \
	src/report/page_examined.c \
	src/report/page_findings.c \
	src/report/page_images.c \
	src/report/page_installers.c \
	src/report/page_method.c \
	src/report/page_record.c \
	src/report/page_rules.c \
	src/report/page_signs.c \
	src/report/page_style.c \
	src/report/sighting.c \
	src/report/page_summary.c \
	src/report/page_suppressed.c \
	src/report/suppressed.c \
	src/report/page_tree.c \
	src/report/provenance.c \
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
