/* Empty: LUAI_THROW and LUAI_TRY are defined on the command line, nothing jumps. */
