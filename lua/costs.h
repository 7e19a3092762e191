/*
** The costs of work in the budget of a run, for C and Rust: 'build.rs' makes the
** constants of 'src/budget.rs' from these lines. A unit is one turn of an empty
** loop. docs/budget.md has a table of all costs, and 'make calibrate' measures the
** time of a unit for everything that a script can do.
**
** COST: units for one. BYTES, SLOTS, BITS: how many of them count one unit.
*/
#ifndef CU_COSTS_H
#define CU_COSTS_H

/* Calls. */
#define CU_COST_CALL		8	/* a call of a C function, or of one metamethod more on the way to it */
#define CU_SLOTS_FRAME		4	/* registers of a Lua function, made ready at a call */
#define CU_RESULTS_FREE		8	/* so many results, or fewer, count nothing; each of more counts one */
#define CU_COST_UPVALUE		2	/* a captured variable, looked for when a closure is made */
#define CU_COST_LINK		8	/* a metatable more in a chain of '__index' or '__newindex' */

/* Instructions with a large operand. */
#define CU_SLOTS_NIL		4	/* registers that become nil at once */
#define CU_COST_OPERAND		4	/* a value that is concatenated */

/* Memory. */
#define CU_COST_BLOCK		8	/* a block */
#define CU_BYTES_ALLOCATED	4	/* bytes of a block, with the collector's share */
#define CU_BYTES_COLLECTED	2	/* bytes that a collection looks at, when the script is the reason for it */

/* Reading and writing bytes. */
#define CU_BYTES_FREE		41	/* fewer bytes than this count nothing: no short string has so many */
#define CU_BYTES_COPIED		16	/* bytes copied or filled */
#define CU_BYTES_COMPARED	8	/* bytes compared, or searched for one byte */
#define CU_BYTES_TEXT		2	/* bytes of a text whose end is not known, looked at one by one */
#define CU_BYTES_HASHED		2	/* bytes of a long string that becomes a key */
#define CU_COST_SPAN		8	/* a set of characters that is made to search with */
#define CU_COST_LETTER		2	/* a letter that is changed: upper, lower, reverse */
#define CU_COST_PIECE		4	/* a piece that string.rep puts after the others */
#define CU_COST_CHARACTER	4	/* a character of UTF-8 */

/* Tables. */
#define CU_COST_STRING		8	/* a short string is looked for among all */
#define CU_STEPS_FREE		8	/* steps along a chain that count nothing: which keys share one depends on what ran before */
#define CU_COST_STEP		2	/* a further step along a chain, or past an empty slot */
#define CU_COST_NEXT		4	/* an entry of a traversal */
#define CU_COST_REHASH		16	/* a table is counted and made anew */
#define CU_COST_SLOT		4	/* one of its slots */
#define CU_COST_LENGTH		4	/* the length of a table, which is searched in a list */
#define CU_COST_SEARCH		64	/* the same, where the table has other keys, too */
#define CU_COST_ELEMENT		8	/* an element that a function of 'table' reads, writes or compares */

/* Patterns and formats. */
#define CU_COST_ITEM		4	/* an attempt to match the rest of a pattern */
#define CU_CHARACTERS_FREE	16	/* so many characters of a set count nothing; each of more counts one */
#define CU_COST_MATCH		2	/* a character that is matched */
#define CU_COST_CAPTURE		16	/* a '%' in a replacement */
#define CU_COST_OPTION		16	/* an option of pack and unpack */

/* Numbers and dates. */
#define CU_COST_NUMBER		24	/* a number becomes text */
#define CU_COST_DIGIT		2	/* a digit of a number in a base */
#define CU_COST_DECIMAL		10	/* a number with a point or an exponent is read in one step */
#define CU_COST_LIMBS		34	/* it is read or written in several, by exact arithmetic on its digits */
#define CU_COST_LIMB		2	/* a step of exact arithmetic on the digits of a float */
#define CU_COST_MATH		24	/* a function like sin */
#define CU_COST_POWER		48	/* a power of floats */
#define CU_BITS_REMAINDER	4	/* bits between the exponents of a float remainder */
#define CU_COST_DATE		256	/* os.time and os.date */
#define CU_COST_CONVERSION	64	/* a part of a date becomes text */

/* Looking at the program. */
#define CU_COST_SOURCE		16	/* a byte of source that is compiled */
#define CU_COST_BYTECODE	8	/* a byte of bytecode that is verified and loaded */
#define CU_COST_COLLECTGARBAGE	32	/* finding out what collectgarbage is asked */
#define CU_COST_INFO		64	/* a letter of what debug.getinfo is asked */

/* The store. */
#define CU_COST_HOST		128	/* a call of the host */
#define CU_BYTES_HOST		8	/* bytes that it moves */
#define CU_COST_KEYS		2	/* a byte of a page of keys */
#define CU_BYTES_DECODED	2	/* bytes of a stored value that is checked and made a Lua value */
#define CU_BYTES_KEY		16	/* bytes of a key that is encoded */
#define CU_COST_NAMED		64	/* a library function is looked for among all, to be stored or returned */
#define CU_COST_ENTRY		16	/* an entry of a table that is made external */
#define CU_COST_CELL		8	/* a captured variable of a stored function, looked at when a transaction begins or ends */
#define CU_COST_DEFLATION	191296	/* a string is compressed, whatever its length */
#define CU_COST_DEFLATED	8	/* a byte that is compressed */
#define CU_COST_INFLATION	841	/* a compressed string is read, whatever its length */
#define CU_COST_INFLATED	2	/* a byte that compressed ones become */
#define CU_BYTES_PRINTED	2	/* bytes printed */

/* Queries. */
#define CU_COST_ROW		8	/* a row that is looked at, beside what is read of it */
#define CU_COST_TEST		4	/* a part of a filter, for a row */
#define CU_COST_PART		16	/* a part of a specification that is read */
#define CU_COST_GROUP		32	/* a row that is put to its group */

#endif
