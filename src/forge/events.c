/* SPDX-License-Identifier: Apache-2.0 */
/* The event types as their providers define them: names, order and types of the fields per version. */
#include "scenario.h"

#define N(fields) fields, sizeof(fields) / sizeof(*(fields))
#define SYSMON "Microsoft-Windows-Sysmon", "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}", \
	"Microsoft-Windows-Sysmon/Operational"
#define SECURITY "Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-a5ba-3e3b0328c30d}", \
	"Security"
#define AUDIT_SUCCESS 0x8020000000000000u

#define PROCESS_HEAD {"RuleName", BX_STRING}, {"UtcTime", BX_STRING}, {"ProcessGuid", BX_GUID}, \
	{"ProcessId", BX_UINT32}, {"Image", BX_STRING}
#define FILE_WORDS {"FileVersion", BX_STRING}, {"Description", BX_STRING}, {"Product", BX_STRING}, \
	{"Company", BX_STRING}
#define ORIGINAL {"OriginalFileName", BX_STRING}
#define PROCESS_TAIL {"CommandLine", BX_STRING}, {"CurrentDirectory", BX_STRING}, \
	{"User", BX_STRING}, {"LogonGuid", BX_GUID}, {"LogonId", BX_HEX64}, \
	{"TerminalSessionId", BX_UINT32}, {"IntegrityLevel", BX_STRING}, {"Hashes", BX_STRING}, \
	{"ParentProcessGuid", BX_GUID}, {"ParentProcessId", BX_UINT32}, \
	{"ParentImage", BX_STRING}, {"ParentCommandLine", BX_STRING}
#define SIGNED {"Hashes", BX_STRING}, {"Signed", BX_STRING}, {"Signature", BX_STRING}, \
	{"SignatureStatus", BX_STRING}

static const struct bx_field process_8[] = {PROCESS_HEAD, FILE_WORDS, PROCESS_TAIL};
static const struct bx_field process_10[] = {PROCESS_HEAD, FILE_WORDS, ORIGINAL, PROCESS_TAIL};
static const struct bx_field process_14[] = {PROCESS_HEAD, FILE_WORDS, ORIGINAL, PROCESS_TAIL,
					     {"ParentUser", BX_STRING}};
static const struct bx_field connection[] = {
	PROCESS_HEAD, {"User", BX_STRING}, {"Protocol", BX_STRING}, {"Initiated", BX_BOOL},
	{"SourceIsIpv6", BX_BOOL}, {"SourceIp", BX_STRING}, {"SourceHostname", BX_STRING},
	{"SourcePort", BX_UINT16}, {"SourcePortName", BX_STRING}, {"DestinationIsIpv6", BX_BOOL},
	{"DestinationIp", BX_STRING}, {"DestinationHostname", BX_STRING},
	{"DestinationPort", BX_UINT16}, {"DestinationPortName", BX_STRING}};
static const struct bx_field end_8[] = {PROCESS_HEAD};
static const struct bx_field end_14[] = {PROCESS_HEAD, {"User", BX_STRING}};
static const struct bx_field image_8[] = {PROCESS_HEAD, {"ImageLoaded", BX_STRING}, FILE_WORDS, SIGNED};
static const struct bx_field image_10[] = {PROCESS_HEAD, {"ImageLoaded", BX_STRING}, FILE_WORDS,
					   ORIGINAL, SIGNED};
static const struct bx_field image_14[] = {PROCESS_HEAD, {"ImageLoaded", BX_STRING}, FILE_WORDS,
					   ORIGINAL, SIGNED, {"User", BX_STRING}};

#define SYSMON_EVENT(nr, ver, f) \
	{SYSMON, nr, nr, 0, ver, 4, 0, false, 0x8000000000000000u, SYSTEM_MODERN, PAYLOAD_DATA, N(f)}
static const struct bx_event sysmon[4][SYSMON_GENERATIONS] = {
	[EV_PROCESS] = {SYSMON_EVENT(1, 5, process_8), SYSMON_EVENT(1, 5, process_10),
			SYSMON_EVENT(1, 5, process_14)},
	[EV_CONNECTION] = {SYSMON_EVENT(3, 5, connection), SYSMON_EVENT(3, 5, connection),
			   SYSMON_EVENT(3, 5, connection)},
	[EV_PROCESS_END] = {SYSMON_EVENT(5, 3, end_8), SYSMON_EVENT(5, 3, end_8),
			    SYSMON_EVENT(5, 3, end_14)},
	[EV_IMAGE] = {SYSMON_EVENT(7, 3, image_8), SYSMON_EVENT(7, 3, image_10),
		      SYSMON_EVENT(7, 3, image_14)},
};

const struct bx_event *sysmon_event(enum sc_kind kind, enum sc_generation g)
{
	return &sysmon[kind][g];
}

#define SUBJECT {"SubjectUserSid", BX_SID}, {"SubjectUserName", BX_STRING}, \
	{"SubjectDomainName", BX_STRING}, {"SubjectLogonId", BX_HEX64}
#define TARGET {"TargetUserSid", BX_SID}, {"TargetUserName", BX_STRING}, \
	{"TargetDomainName", BX_STRING}, {"TargetLogonId", BX_HEX64}
#define CREATED SUBJECT, {"NewProcessId", BX_SIZE}, {"NewProcessName", BX_STRING}, \
	{"TokenElevationType", BX_STRING}, {"ProcessId", BX_SIZE}
#define LOGON SUBJECT, TARGET, {"LogonType", BX_UINT32}, {"LogonProcessName", BX_STRING}, \
	{"AuthenticationPackageName", BX_STRING}, {"WorkstationName", BX_STRING}, \
	{"LogonGuid", BX_GUID}, {"TransmittedServices", BX_STRING}, {"LmPackageName", BX_STRING}, \
	{"KeyLength", BX_UINT32}, {"ProcessId", BX_SIZE}, {"ProcessName", BX_STRING}, \
	{"IpAddress", BX_STRING}, {"IpPort", BX_STRING}

static const struct bx_field created_0[] = {CREATED};
static const struct bx_field created_1[] = {CREATED, {"CommandLine", BX_STRING}};
static const struct bx_field created_2[] = {CREATED, {"CommandLine", BX_STRING}, TARGET,
					    {"ParentProcessName", BX_STRING},
					    {"MandatoryLabel", BX_SID}};
static const struct bx_field exited[] = {SUBJECT, {"Status", BX_HEX32}, {"ProcessId", BX_SIZE},
					 {"ProcessName", BX_STRING}};
static const struct bx_field filtered[] = {
	{"ProcessID", BX_UINT64}, {"Application", BX_STRING}, {"Direction", BX_STRING},
	{"SourceAddress", BX_STRING}, {"SourcePort", BX_STRING}, {"DestAddress", BX_STRING},
	{"DestPort", BX_STRING}, {"Protocol", BX_UINT32}, {"FilterRTID", BX_UINT64},
	{"LayerName", BX_STRING}, {"LayerRTID", BX_UINT64}, {"RemoteUserID", BX_SID},
	{"RemoteMachineID", BX_SID}};
static const struct bx_field logon_0[] = {LOGON};
static const struct bx_field logon_1[] = {LOGON, {"ImpersonationLevel", BX_STRING}};
static const struct bx_field logon_2[] = {
	LOGON, {"ImpersonationLevel", BX_STRING}, {"RestrictedAdminMode", BX_STRING},
	{"TargetOutboundUserName", BX_STRING}, {"TargetOutboundDomainName", BX_STRING},
	{"VirtualAccount", BX_STRING}, {"TargetLinkedLogonId", BX_HEX64},
	{"ElevatedToken", BX_STRING}};
static const struct bx_field boot[] = {{"MajorVersion", BX_UINT32}, {"MinorVersion", BX_UINT32},
				       {"BuildVersion", BX_UINT32}, {"QfeVersion", BX_UINT32},
				       {"ServiceVersion", BX_UINT16}, {"BootMode", BX_UINT32},
				       {"StartTime", BX_FILETIME}};
static const struct bx_field cleared[] = {SUBJECT};
static const struct bx_field classic[] = {{"strings", BX_STRING | BX_ARRAY}, {"size", BX_UINT32},
					  {"binary", BX_BINARY}};

#define SECURITY_EVENT(nr, task, ver, f) \
	{SECURITY, nr, task, 0, ver, 0, 0, false, AUDIT_SUCCESS, SYSTEM_MODERN, PAYLOAD_DATA, N(f)}
static const struct bx_event created[3] = {SECURITY_EVENT(4688, 13312, 0, created_0),
					   SECURITY_EVENT(4688, 13312, 1, created_1),
					   SECURITY_EVENT(4688, 13312, 2, created_2)};
static const struct bx_event logon[3] = {SECURITY_EVENT(4624, 12544, 0, logon_0),
					 SECURITY_EVENT(4624, 12544, 1, logon_1),
					 SECURITY_EVENT(4624, 12544, 2, logon_2)};
const struct bx_event event_security_end = SECURITY_EVENT(4689, 13313, 0, exited);
const struct bx_event event_filtered = SECURITY_EVENT(5156, 12810, 1, filtered);
const struct bx_event event_security_start = {
	SECURITY, 4608, 12288, 0, 0, 0, 0, false, AUDIT_SUCCESS, SYSTEM_MODERN, PAYLOAD_DATA, NULL, 0};
const struct bx_event event_cleared = {
	"Microsoft-Windows-Eventlog", "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}", "Security", 1102, 104,
	0, 0, 4, 0, false, 0x4020000000000000u, SYSTEM_LITERAL, PAYLOAD_CLEARED, N(cleared)};
const struct bx_event event_kernel_boot = {
	"Microsoft-Windows-Kernel-General", "{a68ca8b7-004f-d7b6-a698-07e2de0f1f5d}", "System", 12, 1,
	0, 0, 4, 0, false, 0x8000000000000080u, SYSTEM_MODERN, PAYLOAD_DATA, N(boot)};
const struct bx_event event_log_start = {
	"EventLog", NULL, "System", 6005, 0, 0x8000, 0, 4, 0, true, 0x80000000000000u, SYSTEM_CLASSIC,
	PAYLOAD_CLASSIC, N(classic)};

const struct bx_event *security_process(unsigned version)
{
	return &created[version < 3 ? version : 2];
}

const struct bx_event *security_logon(unsigned version)
{
	return &logon[version < 3 ? version : 2];
}
