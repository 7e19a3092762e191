/* No signals; one thread makes every int atomic. */
#pragma once
typedef int sig_atomic_t;
