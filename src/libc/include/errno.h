/* One thread, and no call that is linked ever fails: nothing sets errno, and every read gives 0. */
#pragma once
#define errno (*(int[1]){0})
