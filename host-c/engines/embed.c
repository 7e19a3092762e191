/* Prints what the adapter of wasm2c has of a module besides its code, as C: embed cu.wasm > cu_builtin.h */
#include "../cu_host.c"

int main(int count, char **arguments) {
  static uint8_t bytes[16 * 1024 * 1024];
  FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
  if (file == NULL) return fprintf(stderr, "embed: cannot read %s\n", count == 2 ? arguments[1] : "nothing"), 1;
  size_t length = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  cu_bytes rest = { bytes + 8, length - 8 }, content, name;
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t at = 0; at < length; at++) hash = (hash ^ bytes[at]) * 0x100000001b3;
  printf("/* Printed by embed.c: a file with nothing but the section %s of cu.wasm; length and hash of the whole file. */\n#include <stdint.h>\n", CU_SECTION);
  printf("enum { builtin_bytes = %zu };\nstatic const uint64_t builtin_hash = 0x%llx;\nstatic const uint8_t builtin[] = { 0, 'a', 's', 'm', 1, 0, 0, 0", length, (unsigned long long)hash);
  while (length > 8 && rest.length > 0) {
    const uint8_t *begun = rest.at;
    unsigned id;
    if (!take_section(&rest, &id, &content)) return fprintf(stderr, "embed: a section is cut off\n"), 1;
    if (id != SECTION_CUSTOM || !take(&content, &name) || !same(name, cu_text(CU_SECTION))) continue;
    for (; begun < rest.at; begun++) printf(",%s%u", (rest.at - begun) % 32 == 0 ? "\n  " : " ", *begun);
  }
  return printf(" };\n") < 0;
}
