/*
 * The host: one source to compile. cu_host.h is its manual; core/ is complete by itself, and add_ons/ has what hangs on it. The add-ons that have headers of
 * their own are sources of their own.
 */
#if !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#endif
#include "core/core.c"

#include <time.h>

#include "add_ons/json.c"
#include "add_ons/signatures.c"
#include "add_ons/description.c"
#include "add_ons/fields.c"
#include "add_ons/extended.c"
#include "add_ons/units.c"
#include "add_ons/time_limit.c"
#include "add_ons/options.c"
#include "add_ons/functions.c"
#include "add_ons/control.c"
#include "add_ons/instance.c"
#include "add_ons/records.c"
#include "add_ons/figures.c"
