/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TOML_H
#define EVTXHOUND_TOML_H
/*
 * The part of TOML that rule files use: comments, bare and quoted keys, tables, arrays of tables,
 * strings of all four kinds, arrays, inline tables, booleans, integers. Dotted keys, floats and
 * dates are refused by name. The result is a tree as YAML gives it; strings are YAML_SINGLE
 * ('literal') or YAML_DOUBLE ("basic"), other scalars YAML_PLAIN. Faults go to the loader; NULL:
 * there were some.
 */
#include "rule-load.h"

const struct yaml_node *toml_read(struct loader *l);

#endif
