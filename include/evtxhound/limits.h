/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_LIMITS_H
#define EVTXHOUND_LIMITS_H
/*
 * Every bound of the program, in one place. Bounds count work (steps, bytes), never seconds, so that
 * the same input gives the same output. Whoever reaches one reports it; nothing is cut in silence.
 */

/* The format (MS-EVEN6 and libyal's description of EVTX). */
#define EVTX_HEADER_SIZE 4096u       /* the file header's block */
#define EVTX_CHUNK_SIZE 65536u       /* every chunk */
#define EVTX_CHUNK_HEADER_SIZE 512u  /* records start here */
#define EVTX_RECORD_MIN 28u          /* 24 bytes of header, 4 of trailing size */

/* BinXML. */
#define LIMIT_BINXML_DEPTH 32u           /* elements and templates within one another */
#define LIMIT_BINXML_STEPS 65536u        /* tokens of one record, nested ones included */
#define LIMIT_TEMPLATE_OPS 8192u         /* compiled operations of one template */
#define LIMIT_CHUNK_STEPS (1u << 20)      /* tokens of all records of one chunk, */
#define LIMIT_COMPILE_STEPS (1u << 20)    /* and of its definitions; a record behind one */
#define LIMIT_LATE_STEPS 2048u            /* that used them up has these: nothing hides */
#define LIMIT_TEMPLATE_NODES 16384u      /* its elements, attributes, texts and substitutions */
#define LIMIT_TEMPLATES_PER_CHUNK 4096u  /* distinct templates of one chunk */
#define LIMIT_PLANS 8u                   /* kinds of instances of one template that go fast */
#define LIMIT_PLANS_BYTES (4u << 20)     /* of all templates that are known */
#define LIMIT_BORROWED 1024u             /* definitions tried for those that a chunk lacks */
#define LIMIT_LIBRARY_IDS 16384u         /* templates of a source that may be lent, */
#define LIMIT_LIBRARY_PLACES 32u         /* and places of each that are looked at, the first ones */
#define LIMIT_TEMPLATE_NAMES 4096u       /* places of names in a template that is known again */
#define LIMIT_CONTEXTS 1024u             /* different places of elements that hold embedded BinXML */
#define LIMIT_SUBSTITUTIONS 4096u        /* values of one template instance */
#define LIMIT_FIELDS 4096u               /* fields of one event */
#define LIMIT_RECORD_TEXT (4u << 20)     /* bytes of UTF-8 made from one record */
#define LIMIT_RECORD_OUTPUT (4u << 20)   /* bytes of a record as a document; one more program's text */
#define LIMIT_CHUNK_OUTPUT (32u << 20)   /* bytes of all documents of one chunk; of a record behind */
#define LIMIT_LATE_OUTPUT 65536u         /* those that used them up: so many, and for each byte of */
#define LIMIT_LATE_RATIO 16u             /* its own so many more */
#define LIMIT_RECORD_MEMBERS 8192u       /* members of JSON objects that are open at once */
#define LIMIT_NAME_UNITS 1024u           /* UTF-16 code units of a name */

/* Memory. */
#define LIMIT_CHUNK_ARENA (16u << 20)    /* a worker's arena, reset per chunk */
#define LIMIT_RULES_ARENA (256u << 20)   /* all compiled rules */

/* Rules. */
#define LIMIT_RULE_FILE (16u << 20)      /* bytes of one rule file; a larger one is refused unread */
#define LIMIT_RULE_DOCUMENTS 1024u       /* YAML documents in one file */
#define LIMIT_RULE_DEPTH 64u             /* nesting of conditions, YAML or TOML values */
#define LIMIT_RULE_NODES 1000000u        /* nodes of one rule's tree */
#define LIMIT_RULE_FAULTS 200u           /* faults told per file */
#define LIMIT_VALUE_FORMS 16384u         /* of one value, by its placeholders */
#define LIMIT_ALIASES 4096u              /* fields of a correlation's aliases */
#define LIMIT_FILTERS 64u                /* of one rule */
#define LIMIT_FILTER_STEPS (1u << 27)    /* names compared for filters of a set */
#define LIMIT_SELECTORS 1024u            /* logs and events that one log source means */
#define LIMIT_PATTERN 65536u             /* code points of one string pattern */
#define LIMIT_REGEX 65536u               /* bytes of one regular expression */
#define LIMIT_REGEX_STEPS 250000u        /* of it on one value: a millisecond or two */
#define LIMIT_EXPR_VALUES 4096u          /* of one function, or pairs of one comparison */
#define LIMIT_CLASSES 4096u              /* of records, by channel, provider and id, known at once */
#define LIMIT_RULE_STAGES 256u           /* stages of a sequence, runs counted one by one; rules of a
                                            correlation */
#define LIMIT_STAGE_KEYS 16u             /* join keys of a stage */

/* YAML, of rules and scenarios. */
#define LIMIT_YAML_BYTES (16u << 20)     /* bytes of one text */
#define LIMIT_YAML_DEPTH 64u             /* nesting of its nodes */
#define LIMIT_YAML_NODES 1000000u        /* nodes, an alias counted as what it stands for */
#define LIMIT_YAML_ANCHORS 1000u         /* of one document */
#define LIMIT_YAML_FAULTS 200u           /* faults told per text */

/* Scenarios of the forge. */
#define LIMIT_FORGE_BYTES (1u << 30)     /* memory for one scenario */
#define LIMIT_FORGE_RECORDS 2000000u     /* records it makes */
#define LIMIT_FORGE_CHUNKS 65535u        /* of one file: what a file header can count */

/* Evidence. */
#define LIMIT_WALK_DEPTH 64u             /* folders within one another */
#define LIMIT_WALK_NAMES (4u << 20)      /* bytes of names held of one folder; more passes for more */
#define LIMIT_LAYOUT_RUNS 65536u         /* rows of chunks of one source that are out of place */
#define LIMIT_LAYOUT_DEFINITIONS 512u    /* definitions that tell where a damaged chunk starts */
#define LIMIT_UNIT_CHUNKS 64u            /* chunks of one unit of work (4 MiB) */
#define LIMIT_DUMP_CHUNKS 16u             /* chunks of a unit that is dumped: its text waits for the */
#define LIMIT_DUMP_TEXT (8u << 20)        /* units before it; from so many bytes on, as it is */
#define LIMIT_UNIT_REPLY (256u << 20)    /* bytes a worker may answer for one unit */
#define LIMIT_MESSAGE (16u << 20)        /* bytes of one message of a worker */
#define LIMIT_WORKERS 64u
#define LIMIT_DAMAGE_PER_RECORD 16u      /* damages told of one record */
#define LIMIT_DAMAGE_PER_SOURCE 1000u    /* damages listed; more are counted */
#define LIMIT_DAMAGE 100000u             /* the same, of all sources together */
#define LIMIT_DIFFERENCES_PER_SOURCE 200u /* between the decoders, listed; more are counted */
#define LIMIT_DIFFERENCES 20000u         /* the same, of all sources together */
#define LIMIT_DIFFERENCE_TEXT 512u       /* bytes of one */
#define LIMIT_UNIT_SECONDS 600u          /* a worker silent for longer is taken for hung: the one bound
                                            on time, against libraries that never return */
#define LIMIT_SORT_MEMORY (16u << 20)    /* bytes of one run of an external sort */

/* Archives and disk images. */
#define LIMIT_OPEN_MEMORY (1u << 30)     /* bytes of memory of a process that opens them */
#define LIMIT_UNPACK_MEMORY (512u << 20) /* of these, to unpack an xz */
#define LIMIT_COLLECTION_PAIRS 100000u   /* logs of two collections that are compared */
#define LIMIT_NESTING 8u                 /* containers within one another */
#define LIMIT_IMAGE_PARTS 16384u         /* files of one image */
#define LIMIT_IMAGE_BYTES (1ull << 48)   /* of the disk that an image says it is of */
#define LIMIT_IMAGE_FREE (64ull << 30)   /* bytes of it that are read, one after another, whatever its files */
#define LIMIT_IMAGE_RATIO 2048u          /* have; beyond, so many for each of theirs: of zeros deflate makes 1,030 */
#define LIMIT_VOLUMES 512u               /* volumes of one image */
#define LIMIT_PROBES 262144u             /* places of an image where a volume is looked for, when its */
                                         /* partition table is of no use */
#define LIMIT_VOLUME_FILES 10000000u     /* files of one volume */
#define LIMIT_VOLUME_FOLDERS 1000000u    /* folders of one volume */
#define LIMIT_VOLUME_DEPTH 256u          /* folders within one another */
#define LIMIT_FILE_STREAMS 1024u         /* streams of one file */
#define LIMIT_EWF_CHUNK (32u << 20)      /* bytes of what an E01 packs at once */
#define LIMIT_REUSED_BLOCKS (1u << 20)  /* blocks of a deleted file that are asked whether another has them */
#define LIMIT_FILE_EXTENTS 65536u        /* pieces of one file; one of more is copied */
#define LIMIT_ARCHIVE_ENTRIES 1000000u   /* entries of one archive */
#define LIMIT_ARCHIVE_FREE (256u << 20)  /* bytes that are unpacked whatever they were packed in; beyond, */
#define LIMIT_ARCHIVE_RATIO 500u         /* so many of a packed one and no more: logs have 10 to 20 */
#define LIMIT_ARCHIVE_RESUMES 1000u      /* times that reading goes on behind damage */
#define LIMIT_ARCHIVE_TRIED 10000000u    /* headers read again to try passwords one by one */
#define LIMIT_ARCHIVE_UNREAD 100u        /* entries told of as unreadable if no log by name; more are counted */
#define LIMIT_ARCHIVE_NAME 65536u        /* bytes of an entry's name */
#define LIMIT_PASSWORDS 1000u            /* that are tried on one archive */

#define LIMIT_WHY 20u                    /* damages of a source that a row of the list names */
#define LIMIT_STORES 512u                /* shadow copies of one volume: what Windows allows */
#define LIMIT_CARVE_EXTENTS 500000u      /* of what is carved that make one log; the rest makes others */
#define LIMIT_CARVE_PROBES (1u << 18)    /* times that it is tried whether an image can be read again */
#define LIMIT_CARVE_UNREAD 1000u         /* ranges that cannot be searched, told; more are counted */

#define LIMIT_EXPLAINED 20u              /* records of one id that are explained */

#define LIMIT_NEAR_MISSES 5u             /* records of one rule that are told as near misses, the earliest */
#define LIMIT_NEAR_STEPS 400000u         /* conditions looked at for them in one unit of work */
#define LIMIT_NEAR_TEXT 1024u            /* bytes of why one is one, */
#define LIMIT_NEAR_PARTS 3u              /* and alternatives of it that are told */

#define LIMIT_INSTALLERS 1000u           /* starts of msiexec that detections are compared on */

/* Coverage. */
#define LIMIT_TALLY_BYTES (4u << 20)     /* kept of the fields that the records of a unit fill, */
#define LIMIT_TALLY_VALUE 256u           /* and of one value */
#define LIMIT_SEEN_FIELDS 2000000u       /* by host and kind of record; with more, none are counted */
#define LIMIT_COVERAGE_NAMES 8u          /* fields, ids or logs named in one reason; more are counted */

/* Signs of tampering and loss. */
#define LIMIT_SIGN_PLACES 20u            /* of one sign of one source that are listed */
#define LIMIT_SIGNS 100000u              /* the same, of all signs and sources together */
#define LIMIT_SIGN_RUNS 16u              /* runs of successive ids in a chunk, told apart */
#define LIMIT_SIGN_TEXT 256u             /* bytes of a name that a record gives */
#define SIGN_TIME_TOLERANCE 10000000u    /* 100 ns: times that differ by less are taken as equal */

/* The page; what is beyond stands in the other files, and the page says so. */
#define LIMIT_PAGE_FINDINGS 1000u        /* findings told in full */
#define LIMIT_PAGE_RECORDS 200u          /* records of one finding */
#define LIMIT_PAGE_SOURCES 2000u         /* rows of a table of sources, hosts or damage */
#define LIMIT_PAGE_TEXT 16384u           /* bytes of one text */
#define LIMIT_EXPORT_CHUNKS 65536u       /* chunks of --export-records: 4 GiB */
/* Its script's data: blocks of JSON, each packed. */
#define PAGE_TICKS 10000u                /* 100 ns in a millisecond, in which the script counts time */
#define LIMIT_PAGE_LIST 2048u            /* findings whose columns are one block, */
#define LIMIT_PAGE_LIST_TEXT 1024u       /* and bytes of a text there that is looked for */
#define LIMIT_PAGE_BLOCK (256u << 10)    /* bytes of a block of whole findings, from which on it ends */
#define LIMIT_PAGE_FINDING (4u << 20)    /* bytes of one finding, from which on no record follows */
#define LIMIT_PAGE_CHART 32768u          /* timeline entries whose columns are one block */
#define LIMIT_PAGE_ENTRIES 4096u         /* whole ones in a block */
#define LIMIT_PAGE_BUNDLE (4u << 20)     /* bytes of blocks that go together, from which on they end */
#define LIMIT_PAGE_DATA (96u << 20)      /* packed bytes of one page; with more there are several pages */
#define LIMIT_SORT_FANIN 256u            /* runs merged at once by an external sort, of 64 KiB each */

/* Reading a manifest again. */
#define LIMIT_MANIFEST (512u << 20)      /* bytes of it, and of what is kept of it */
#define LIMIT_MANIFEST_ENTRIES (1u << 24) /* files of one list */
#define LIMIT_JSON_DEPTH 64u             /* objects and arrays within one another that are looked into */

/* Correlation. */
#define LIMIT_PENDING 100000u            /* pending sequences of one rule; the oldest go, counted */
#define LIMIT_IDENTITY_ROUNDS 8u         /* scans of the facts for ever farther keys */
#define LIMIT_WHOLE 4096u                /* events of rules on single events that are looked into; of */
                                         /* more, the earliest of each rule, evenly */
#define LIMIT_BATCH 4096u                /* others that are in memory at once */
#define LIMIT_WITNESSED 2000u            /* records of findings that both decoders read, evenly */
#define LIMIT_FINDING_RECORDS 10000u     /* records of one finding that are told */
#define LIMIT_TREES 1000u                /* findings whose processes are drawn */
#define LIMIT_AROUND_NODES 5000u         /* processes drawn around all findings, by computer */
#define LIMIT_AROUND_DEPTH 48u           /* levels of these */
#define LIMIT_AROUND_SIGNONS 1000u       /* sign-ons that findings rest on, by computer */
#define LIMIT_AROUND_TEXT 2048u          /* bytes of a text of these */
#define LIMIT_TREE_NODES 200u            /* processes drawn around one finding */
#define LIMIT_TREE_DEPTH 16u             /* ancestors */
#define LIMIT_TREE_ROOTS 32u             /* processes of one finding whose kin is drawn */
/* Facts of one key held on either side of a time asked for. */
#define LIMIT_NEAR_STARTS 16u            /* starts, ends, image loads of a PID */
#define LIMIT_NEAR_BOOTS 8u              /* records of boots of a host */
#define LIMIT_NEAR_CARRIERS 8u           /* records that name a GUID without a start record */
#define LIMIT_NEAR_FILTERED 8u           /* 5156 of one connection, on either side of either clock */
#define LIMIT_PAIR_SECONDS 2u            /* between the records of one start in two logs */
#define LIMIT_PAIR_NEIGHBOURS 64u        /* starts looked at for the same start in the other log */
#define LIMIT_FILTERED_SECONDS 30u       /* from a 5156 to the connection that it corroborates */
#define LIMIT_TIE 64u                    /* events of one time that are put in the best order */
#define LIMIT_ARGS 16384u                /* arguments; 32,767 characters, Windows' most, hold no more */

#endif
