/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records that rules are about, with the fields that their newest version holds. A value stands
 * where a word is made of a part of it. Of what has no fields here it is not known what it holds.
 */
#include "coverage-private.h"

#define SYSMON_CHANNEL "Microsoft-Windows-Sysmon/Operational"
#define SYSMON "Microsoft-Windows-Sysmon"
#define AUDIT "Microsoft-Windows-Security-Auditing"
#define SUBJECT "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId "
#define TARGET "TargetUserSid TargetUserName TargetDomainName "
#define HASHES "Hashes=SHA1=1,MD5=1,SHA256=1,IMPHASH=1 "
#define WHO "RuleName UtcTime ProcessGuid ProcessId Image=C:\\a\\b.exe User=A\\b "
#define FILE_INFO "FileVersion Description Product Company OriginalFileName "

static const struct schema table[] = {
#define S(id, fields) {SYSMON_CHANNEL, SYSMON, id, fields}
	S(1, WHO FILE_INFO "CommandLine CurrentDirectory LogonGuid LogonId TerminalSessionId "
	     "IntegrityLevel " HASHES "ParentProcessGuid ParentProcessId ParentImage=C:\\a\\c.exe "
	     "ParentCommandLine ParentUser=A\\b"),
	S(2, WHO "TargetFilename=C:\\a\\b.txt CreationUtcTime PreviousCreationUtcTime"),
	S(3, WHO "Protocol=tcp Initiated=true SourceIsIpv6=false SourceIp=10.0.0.1 SourceHostname "
	     "SourcePort SourcePortName DestinationIsIpv6=false DestinationIp=10.0.0.2 "
	     "DestinationHostname DestinationPort DestinationPortName"),
	S(4, "UtcTime State Version SchemaVersion"),
	S(5, WHO),
	S(6, "RuleName UtcTime ImageLoaded=C:\\a\\b.sys " HASHES
	     "Signed=true Signature SignatureStatus=Valid"),
	S(7, WHO FILE_INFO HASHES
	     "ImageLoaded=C:\\a\\b.dll Signed=true Signature SignatureStatus=Valid"),
	S(8, "RuleName UtcTime SourceProcessGuid SourceProcessId SourceImage=C:\\a\\b.exe "
	     "TargetProcessGuid TargetProcessId TargetImage=C:\\a\\c.exe NewThreadId StartAddress "
	     "StartModule StartFunction SourceUser=A\\b TargetUser=A\\b"),
	S(9, WHO "Device"),
	S(10, "RuleName UtcTime SourceProcessGUID SourceProcessId SourceThreadId "
	      "SourceImage=C:\\a\\b.exe TargetProcessGUID TargetProcessId TargetImage=C:\\a\\c.exe "
	      "GrantedAccess CallTrace SourceUser=A\\b TargetUser=A\\b"),
	S(11, WHO "TargetFilename=C:\\a\\b.txt CreationUtcTime"),
	S(12, WHO "EventType TargetObject=HKLM\\a\\b"),
	S(13, WHO "EventType TargetObject=HKLM\\a\\b Details"),
	S(14, WHO "EventType TargetObject=HKLM\\a\\b NewName=HKLM\\a\\c"),
	S(15, WHO "TargetFilename=C:\\a\\b.txt CreationUtcTime Hash=SHA1=1,MD5=1,SHA256=1,IMPHASH=1 "
	      "Contents"),
	S(16, "UtcTime Configuration ConfigurationFileHash"),
	S(17, WHO "EventType PipeName=\\a"),
	S(18, WHO "EventType PipeName=\\a"),
	S(19, "RuleName EventType UtcTime Operation User=A\\b EventNamespace Name Query"),
	S(20, "RuleName EventType UtcTime Operation User=A\\b Name Type Destination"),
	S(21, "RuleName EventType UtcTime Operation User=A\\b Consumer Filter"),
	S(22, WHO "QueryName=a.example QueryStatus QueryResults=10.0.0.2;"),
	S(23, WHO "TargetFilename=C:\\a\\b.txt " HASHES "IsExecutable=true Archived=true"),
	S(24, WHO "Session ClientInfo " HASHES "Archived=true"),
	S(25, WHO "Type"),
	S(26, WHO "TargetFilename=C:\\a\\b.txt " HASHES "IsExecutable=true"),
	S(27, WHO "TargetFilename=C:\\a\\b.exe " HASHES),
	S(28, WHO "TargetFilename=C:\\a\\b.exe " HASHES "IsExecutable=true"),
	S(29, WHO "TargetFilename=C:\\a\\b.exe " HASHES),
	S(255, "UtcTime ID Description"),
#undef S
#define A(id, fields) {"Security", AUDIT, id, fields}
	A(4688, SUBJECT TARGET "TargetLogonId NewProcessId=0x1 NewProcessName=C:\\a\\b.exe "
		"TokenElevationType ProcessId=0x1 CommandLine ParentProcessName=C:\\a\\c.exe "
		"MandatoryLabel=S-1-16-8192"),
	A(4689, SUBJECT "Status ProcessId=0x1 ProcessName=C:\\a\\b.exe"),
	A(5156, "ProcessID Application=\\device\\harddiskvolume1\\a\\b.exe Direction=%%14593 "
		"SourceAddress=10.0.0.1 SourcePort DestAddress=10.0.0.2 DestPort Protocol=6 "
		"FilterRTID LayerName LayerRTID RemoteUserID RemoteMachineID"),
	A(4657, SUBJECT "ObjectName=\\REGISTRY\\MACHINE\\a ObjectValueName HandleId "
		"OperationType=%%1905 OldValueType OldValue NewValueType NewValue ProcessId=0x1 "
		"ProcessName=C:\\a\\b.exe"),
	A(4624, SUBJECT TARGET "TargetLogonId LogonType=3 LogonProcessName AuthenticationPackageName "
		"WorkstationName LogonGuid TransmittedServices LmPackageName KeyLength "
		"ProcessId=0x1 ProcessName=C:\\a\\b.exe IpAddress=10.0.0.1 IpPort "
		"ImpersonationLevel RestrictedAdminMode TargetOutboundUserName "
		"TargetOutboundDomainName VirtualAccount TargetLinkedLogonId ElevatedToken"),
	A(4625, SUBJECT TARGET "Status FailureReason SubStatus LogonType=3 LogonProcessName "
		"AuthenticationPackageName WorkstationName TransmittedServices LmPackageName "
		"KeyLength ProcessId=0x1 ProcessName=C:\\a\\b.exe IpAddress=10.0.0.1 IpPort"),
	A(4648, SUBJECT "LogonGuid TargetUserName TargetDomainName TargetLogonGuid TargetServerName "
		"TargetInfo ProcessId=0x1 ProcessName=C:\\a\\b.exe IpAddress=10.0.0.1 IpPort"),
	A(4663, SUBJECT "ObjectServer ObjectType ObjectName=C:\\a\\b.txt HandleId AccessList AccessMask "
		"ProcessId=0x1 ProcessName=C:\\a\\b.exe ResourceAttributes"),
	A(4672, SUBJECT "PrivilegeList"),
	A(4697, SUBJECT "ServiceName ServiceFileName=C:\\a\\b.exe ServiceType ServiceStartType "
		"ServiceAccount ClientProcessStartKey ClientProcessId ParentProcessId"),
	A(5140, SUBJECT "ObjectType IpAddress=10.0.0.1 IpPort ShareName ShareLocalPath AccessMask "
		"AccessList"),
	A(5145, SUBJECT "ObjectType IpAddress=10.0.0.1 IpPort ShareName ShareLocalPath "
		"RelativeTargetName AccessMask AccessList AccessReason"),
#undef A
#define A(id) {"Security", AUDIT, id, NULL}
	A(4634), A(4647), A(4656), A(4658), A(4660), A(4661), A(4662), A(4673), A(4674), A(4698),
	A(4699), A(4700), A(4701), A(4702), A(4704), A(4719), A(4720), A(4722), A(4723), A(4724),
	A(4725), A(4726), A(4727), A(4728), A(4729), A(4730), A(4731), A(4732), A(4733), A(4734),
	A(4735), A(4737), A(4738), A(4740), A(4741), A(4742), A(4743), A(4754), A(4755), A(4756),
	A(4757), A(4758), A(4764), A(4767), A(4768), A(4769), A(4770), A(4771), A(4776), A(4778),
	A(4779), A(4781), A(4794), A(4799), A(4825), A(4898), A(4899), A(5136), A(5137), A(5138),
	A(5139), A(5141), A(5142), A(5152), A(5157), A(5379), A(5382), A(6416),
#undef A
	{"Security", "Microsoft-Windows-Eventlog", 1102, NULL},
	{"System", "Microsoft-Windows-Eventlog", 104, NULL},
	{"System", "Service Control Manager", 7036, NULL},
	{"System", "Service Control Manager", 7040, NULL},
	{"System", "Service Control Manager", 7045, NULL},
	{"Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell", 4103, NULL},
	{"Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell", 4104, NULL},
	{"Microsoft-Windows-TaskScheduler/Operational", "Microsoft-Windows-TaskScheduler", 106, NULL},
	{"Microsoft-Windows-TaskScheduler/Operational", "Microsoft-Windows-TaskScheduler", 140, NULL},
	{"Microsoft-Windows-TaskScheduler/Operational", "Microsoft-Windows-TaskScheduler", 141, NULL},
	{"Microsoft-Windows-WMI-Activity/Operational", "Microsoft-Windows-WMI-Activity", 5857, NULL},
	{"Microsoft-Windows-WMI-Activity/Operational", "Microsoft-Windows-WMI-Activity", 5859, NULL},
	{"Microsoft-Windows-WMI-Activity/Operational", "Microsoft-Windows-WMI-Activity", 5860, NULL},
	{"Microsoft-Windows-WMI-Activity/Operational", "Microsoft-Windows-WMI-Activity", 5861, NULL},
};

const struct schema *schemas(size_t *n)
{
	*n = ARRAY_LEN(table);
	return table;
}

bool schema_is_sysmon(const struct schema *s)
{
	return view_eq_str(view_str(SYSMON_CHANNEL), s->channel);
}

bool schema_is_security(const struct schema *s)
{
	return view_eq_str(view_str("Security"), s->channel);
}

/* The next of the names; false: there is none any more. */
static bool next_field(const char **at, struct view *name, struct view *value)
{
	const char *from = *at + strspn(*at, " ");
	size_t n = strcspn(from, " ");
	const char *eq = memchr(from, '=', n);
	size_t len = eq ? (size_t)(eq - from) : n;

	*at = from + n;
	*name = (struct view){(const uint8_t *)from, len};
	*value = eq ? (struct view){(const uint8_t *)eq + 1, n - len - 1} : view_str("1");
	return n != 0;
}

int schema_specimen(const struct schema *s, const struct fields *f, struct arena *a,
		    struct specimen *out)
{
	const char *at = s->fields;
	struct view name, value;
	size_t n = 0;

	*out = (struct specimen){.open = !s->fields,
				 .event = {.channel = view_str(s->channel), .version = 255,
					   .provider = view_str(s->provider), .has_system = true,
					   .event_id = s->event_id, .section = SECTION_EVENTDATA,
					   .computer = view_str("host")}};
	specimen_derive(out, schema_is_sysmon(s));
	while (at && next_field(&at, &name, &value))
		n++;
	out->event.fields = arena_array(a, n + 1, sizeof(*out->event.fields));
	if (!out->event.fields)
		return -1;
	for (at = s->fields; at && next_field(&at, &name, &value); out->event.n_fields++)
		out->event.fields[out->event.n_fields] =
			(struct field){name, fields_find(f, name), {VALUE_UTF8, value}};
	return 0;
}
