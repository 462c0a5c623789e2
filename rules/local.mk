# rules: the detections, as data
rulesdir = $(pkgdatadir)/rules
dist_rules_DATA = rules/msiexec_http_network_communication.yml \
	rules/msiexec_remote_file_execution.eql rules/msiexec_web_install.yml

# The links that configure makes beside a build.
distclean-local:
	if test -h rules; then rm -f rules; fi
	if test -h scenarios; then rm -f scenarios; fi
