/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_REPORT_COLUMNS_H
#define EVTXHOUND_REPORT_COLUMNS_H
/* The columns of the CSV files, in order: C(enum, "Name"). docs/report.md says what each means. */

#define FINDINGS_COLUMNS(C)                                                                        \
	C(FC_ID, "FindingId")                                                                      \
	C(FC_RULE_ID, "RuleId")                                                                    \
	C(FC_RULE_TITLE, "RuleTitle")                                                              \
	C(FC_RULE_LANGUAGE, "RuleLanguage")                                                        \
	C(FC_LEVEL, "Level")                                                                       \
	C(FC_STATUS, "Status")                                                                     \
	C(FC_COMPUTER, "Computer")                                                                 \
	C(FC_FIRST_TIME, "FirstTime")                                                              \
	C(FC_LAST_TIME, "LastTime")                                                                \
	C(FC_SPAN_LOGGED, "SpanLogged")                                                            \
	C(FC_SPAN_OCCURRED, "SpanOccurred")                                                        \
	C(FC_CLOCK, "Clock")                                                                       \
	C(FC_USER, "User")                                                                         \
	C(FC_USER_SID, "UserSid")                                                                  \
	C(FC_USER_SID_FROM, "UserSidFrom")                                                         \
	C(FC_PROCESS, "Process")                                                                   \
	C(FC_COMMAND_LINE, "CommandLine")                                                          \
	C(FC_PARENT_PROCESS, "ParentProcess")                                                      \
	C(FC_DESTINATION, "Destination")                                                           \
	C(FC_EVIDENCE_COUNT, "EvidenceCount")                                                      \
	C(FC_TACTICS, "Tactics")                                                                   \
	C(FC_TECHNIQUES, "Techniques")                                                             \
	C(FC_UNCHECKED, "Unchecked")                                                               \
	C(FC_ONLY_IN, "OnlyIn")

#define EVIDENCE_COLUMNS(C)                                                                        \
	C(EC_FINDING_ID, "FindingId")                                                              \
	C(EC_STAGE, "Stage")                                                                       \
	C(EC_ROLE, "Role")                                                                         \
	C(EC_TIME_CREATED, "TimeCreated")                                                          \
	C(EC_UTC_TIME, "UtcTime")                                                                  \
	C(EC_COMPUTER, "Computer")                                                                 \
	C(EC_CHANNEL, "Channel")                                                                   \
	C(EC_EVENT_ID, "EventId")                                                                  \
	C(EC_RECORD_ID, "RecordId")                                                                \
	C(EC_SOURCE, "Source")                                                                     \
	C(EC_SOURCE_SHA256, "SourceSha256")                                                        \
	C(EC_CHUNK, "Chunk")                                                                       \
	C(EC_OFFSET, "Offset")                                                                     \
	C(EC_SIZE, "Size")                                                                         \
	C(EC_RECORD_SHA256, "RecordSha256")                                                        \
	C(EC_WITNESS, "Witness")                                                                   \
	C(EC_CHUNK_SHA256, "ChunkSha256")                                                          \
	C(EC_PROCESS_GUID, "ProcessGuid")                                                          \
	C(EC_PROCESS_ID, "ProcessId")                                                              \
	C(EC_IMAGE, "Image")                                                                       \
	C(EC_ORIGINAL_FILE_NAME, "OriginalFileName")                                               \
	C(EC_COMMAND_LINE, "CommandLine")                                                          \
	C(EC_USER, "User")                                                                         \
	C(EC_USER_SID, "UserSid")                                                                  \
	C(EC_USER_SID_FROM, "UserSidFrom")                                                         \
	C(EC_LOGON_ID, "LogonId")                                                                  \
	C(EC_INTEGRITY_LEVEL, "IntegrityLevel")                                                    \
	C(EC_HASHES, "Hashes")                                                                     \
	C(EC_PARENT_PROCESS_GUID, "ParentProcessGuid")                                             \
	C(EC_PARENT_PROCESS_ID, "ParentProcessId")                                                 \
	C(EC_PARENT_IMAGE, "ParentImage")                                                          \
	C(EC_PARENT_COMMAND_LINE, "ParentCommandLine")                                             \
	C(EC_PROTOCOL, "Protocol")                                                                 \
	C(EC_SOURCE_IP, "SourceIp")                                                                \
	C(EC_SOURCE_PORT, "SourcePort")                                                            \
	C(EC_DESTINATION_IP, "DestinationIp")                                                      \
	C(EC_DESTINATION_HOSTNAME, "DestinationHostname")                                          \
	C(EC_DESTINATION_PORT, "DestinationPort")                                                  \
	C(EC_INITIATED, "Initiated")                                                               \
	C(EC_SOURCE_IMAGE, "SourceImage")                                                          \
	C(EC_SOURCE_IMAGE_SHA256, "SourceImageSha256")                                             \
	C(EC_SOURCE_STATE, "SourceState")                                                          \
	C(EC_VOLUME, "Volume")                                                                     \
	C(EC_INODE, "Inode")                                                                       \
	C(EC_PATH_IN_IMAGE, "PathInImage")                                                         \
	C(EC_OFFSET_IN_IMAGE, "OffsetInImage")

/* The first three as Timesketch asks. Source, chunk and offset are one block: the place. */
#define TIMELINE_COLUMNS(C)                                                                        \
	C(TC_DATETIME, "datetime")                                                                 \
	C(TC_TIMESTAMP_DESC, "timestamp_desc")                                                     \
	C(TC_MESSAGE, "message")                                                                   \
	C(TC_HOST, "host")                                                                         \
	C(TC_CHANNEL, "channel")                                                                   \
	C(TC_EVENT_ID, "event_id")                                                                 \
	C(TC_RECORD_ID, "record_id")                                                               \
	C(TC_SOURCE, "source")                                                                     \
	C(TC_CHUNK, "chunk")                                                                       \
	C(TC_OFFSET, "offset")                                                                     \
	C(TC_UTC_TIME, "utc_time")                                                                 \
	C(TC_PROCESS_GUID, "process_guid")                                                         \
	C(TC_PROCESS_ID, "process_id")                                                             \
	C(TC_IMAGE, "image")                                                                       \
	C(TC_COMMAND_LINE, "command_line")                                                         \
	C(TC_USER, "user")                                                                         \
	C(TC_LOGON_ID, "logon_id")                                                                 \
	C(TC_INTEGRITY_LEVEL, "integrity_level")                                                   \
	C(TC_HASHES, "hashes")                                                                     \
	C(TC_PARENT_PROCESS_GUID, "parent_process_guid")                                           \
	C(TC_PARENT_PROCESS_ID, "parent_process_id")                                               \
	C(TC_PARENT_IMAGE, "parent_image")                                                         \
	C(TC_PARENT_COMMAND_LINE, "parent_command_line")                                           \
	C(TC_PROTOCOL, "protocol")                                                                 \
	C(TC_SOURCE_IP, "source_ip")                                                               \
	C(TC_SOURCE_PORT, "source_port")                                                           \
	C(TC_DESTINATION_IP, "destination_ip")                                                     \
	C(TC_DESTINATION_HOSTNAME, "destination_hostname")                                         \
	C(TC_DESTINATION_PORT, "destination_port")                                                 \
	C(TC_INITIATED, "initiated")                                                               \
	C(TC_FINDINGS, "findings")                                                                 \
	C(TC_SOURCE_STATE, "source_state")

#define COVERAGE_COLUMNS(C)                                                                        \
	C(CC_COMPUTER, "Computer")                                                                 \
	C(CC_RULE_ID, "RuleId")                                                                    \
	C(CC_RULE_TITLE, "RuleTitle")                                                              \
	C(CC_LEVEL, "Level")                                                                       \
	C(CC_VERDICT, "Verdict")                                                                   \
	C(CC_JUDGED, "Judged")                                                                     \
	C(CC_FINDINGS, "Findings")                                                                 \
	C(CC_FROM, "From")                                                                         \
	C(CC_TO, "To")                                                                             \
	C(CC_REASONS, "Reasons")                                                                   \
	C(CC_DETAIL, "Detail")

#define SUPPRESSED_COLUMNS(C)                                                                      \
	C(XC_FINDING_ID, "FindingId")                                                              \
	C(XC_RULE_ID, "RuleId")                                                                    \
	C(XC_RULE_TITLE, "RuleTitle")                                                              \
	C(XC_LEVEL, "Level")                                                                       \
	C(XC_COMPUTER, "Computer")                                                                 \
	C(XC_FIRST_TIME, "FirstTime")                                                              \
	C(XC_LAST_TIME, "LastTime")                                                                \
	C(XC_USER, "User")                                                                         \
	C(XC_PROCESS, "Process")                                                                   \
	C(XC_COMMAND_LINE, "CommandLine")                                                          \
	C(XC_REASON, "Reason")                                                                     \
	C(XC_WHO, "Who")                                                                           \
	C(XC_DATE, "Date")                                                                         \
	C(XC_FILE, "File")                                                                         \
	C(XC_LINE, "Line")

#define NEAR_COLUMNS(C)                                                                            \
	C(NC_RULE_ID, "RuleId")                                                                    \
	C(NC_RULE_TITLE, "RuleTitle")                                                              \
	C(NC_LEVEL, "Level")                                                                       \
	C(NC_KIND, "Kind")                                                                         \
	C(NC_TIME, "Time")                                                                         \
	C(NC_COMPUTER, "Computer")                                                                 \
	C(NC_CHANNEL, "Channel")                                                                   \
	C(NC_EVENT_ID, "EventId")                                                                  \
	C(NC_RECORD_ID, "RecordId")                                                                \
	C(NC_HELD, "Held")                                                                         \
	C(NC_WHAT, "What")                                                                         \
	C(NC_MET, "Met")                                                                           \
	C(NC_SOURCE, "Source")                                                                     \
	C(NC_OFFSET, "Offset")

#define RECORDS_COLUMNS(C)                                                                         \
	C(RC_FINDING_ID, "FindingId")                                                              \
	C(RC_ROLE, "Role")                                                                         \
	C(RC_RECORD_ID, "RecordId")                                                                \
	C(RC_SOURCE, "Source")                                                                     \
	C(RC_SOURCE_SHA256, "SourceSha256")                                                        \
	C(RC_CHUNK, "Chunk")                                                                       \
	C(RC_CHUNK_OFFSET, "ChunkOffset")                                                          \
	C(RC_CHUNK_SIZE, "ChunkSize")                                                              \
	C(RC_CHUNK_SHA256, "ChunkSha256")                                                          \
	C(RC_OFFSET, "Offset")                                                                     \
	C(RC_SIZE, "Size")                                                                         \
	C(RC_RECORD_SHA256, "RecordSha256")                                                        \
	C(RC_FILE, "File")                                                                         \
	C(RC_OFFSET_IN_FILE, "OffsetInFile")                                                       \
	C(RC_NOTE, "Note")

/* Of `list`; the first one only where logs were copied. */
#define SOURCES_COLUMNS(C)                                                                         \
	C(SC_NAME, "Name")                                                                         \
	C(SC_KIND, "Kind")                                                                         \
	C(SC_FORMAT, "Format")                                                                     \
	C(SC_STATE, "State")                                                                       \
	C(SC_SIZE, "Size")                                                                         \
	C(SC_MODIFIED, "Modified")                                                                 \
	C(SC_ACCESSED, "Accessed")                                                                 \
	C(SC_CHANGED, "Changed")                                                                   \
	C(SC_BORN, "Born")                                                                         \
	C(SC_SHA256, "Sha256")                                                                     \
	C(SC_SOURCE, "Source")                                                                     \
	C(SC_SOURCE_IMAGE, "SourceImage")                                                          \
	C(SC_VOLUME, "Volume")                                                                     \
	C(SC_INODE, "Inode")                                                                       \
	C(SC_PATH_IN_IMAGE, "PathInImage")                                                         \
	C(SC_OFFSET_IN_IMAGE, "OffsetInImage")                                                     \
	C(SC_WHY, "Why")

#define COLUMN_ENUM(id, name) id,
#define COLUMN_NAME(id, name) name,

#endif
