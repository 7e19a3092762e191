/*
 * The store in memory: a part of the core.
 *
 * One tree over table and key. Invariant: it is balanced by weight, no subtree has more than three times the nodes of its sibling, so every
 * way in it is short. The numbers of nodes also say how many keys a table has, and which key is the n-th. A node never changes its content.
 */
enum { LEFT, RIGHT };

typedef struct node {
  struct node *side[2];
  uint64_t nodes; /* of this subtree */
  uint64_t table; /* wider than an id, so that there is one behind the last */
  cu_bytes key, value; /* behind the node */
} node;

typedef struct memory_store {
  cu_store store; /* first */
  node *root;
  cu_buffer changes; /* of the unit, in their order: a struct change each */
} memory_store;

struct change { node *gone, *come; }; /* either may be NULL */

static memory_store *memory_of(cu_store *self) { return (memory_store *)self; }

static uint64_t nodes_of(const node *at) { return at == NULL ? 0 : at->nodes; }

static int order(uint64_t table, cu_bytes key, const node *at) {
  if (table != at->table) return table < at->table ? -1 : 1;
  size_t shared = key.length < at->key.length ? key.length : at->key.length;
  int order = shared > 0 ? memcmp(key.at, at->key.at, shared) : 0;
  return order != 0 ? order : (key.length > at->key.length) - (key.length < at->key.length);
}

static node *counted(node *at) { return at->nodes = nodes_of(at->side[LEFT]) + 1 + nodes_of(at->side[RIGHT]), at; }

/* The node on this side comes up. */
static node *turned(node *at, int side) {
  node *up = at->side[side];
  at->side[side] = up->side[!side], up->side[!side] = counted(at);
  return counted(up);
}

/* One of the subtrees has changed by one node. The figures 3 and 2 are those of Hirai and Yamamoto. */
static node *balanced(node *at) {
  for (int side = LEFT; side <= RIGHT; side++) {
    node *heavy = at->side[side];
    if (nodes_of(heavy) + 1 <= 3 * (nodes_of(at->side[!side]) + 1)) continue;
    if (nodes_of(heavy->side[!side]) + 1 >= 2 * (nodes_of(heavy->side[side]) + 1)) at->side[side] = turned(heavy, !side);
    return turned(at, side);
  }
  return counted(at);
}

static node *inserted(node *at, node *fresh) {
  if (at == NULL) return fresh->side[LEFT] = fresh->side[RIGHT] = NULL, counted(fresh);
  node **side = &at->side[order(fresh->table, fresh->key, at) < 0 ? LEFT : RIGHT];
  return *side = inserted(*side, fresh), balanced(at);
}

static node *without_first(node *at, node **first) {
  if (at->side[LEFT] == NULL) return *first = at, at->side[RIGHT];
  return at->side[LEFT] = without_first(at->side[LEFT], first), balanced(at);
}

static node *removed(node *at, const node *gone) {
  if (at != gone) {
    node **side = &at->side[order(gone->table, gone->key, at) < 0 ? LEFT : RIGHT];
    return *side = removed(*side, gone), balanced(at);
  }
  if (at->side[LEFT] == NULL || at->side[RIGHT] == NULL) return at->side[at->side[LEFT] == NULL];
  node *first, *right = without_first(at->side[RIGHT], &first);
  first->side[LEFT] = at->side[LEFT], first->side[RIGHT] = right;
  return balanced(first);
}

/* How many nodes are in front of a table and key, that one included or not. */
static uint64_t rank(const node *at, uint64_t table, cu_bytes key, bool included) {
  uint64_t before = 0;
  while (at != NULL) {
    int way = order(table, key, at), side = way > 0 || (way == 0 && included) ? RIGHT : LEFT;
    if (side == RIGHT) before += nodes_of(at->side[LEFT]) + 1;
    at = at->side[side];
  }
  return before;
}

static const node *nth(const node *at, uint64_t number) {
  while (at != NULL && number != nodes_of(at->side[LEFT])) {
    int side = number > nodes_of(at->side[LEFT]) ? RIGHT : LEFT;
    if (side == RIGHT) number -= nodes_of(at->side[LEFT]) + 1;
    at = at->side[side];
  }
  return at;
}

static node *found(cu_store *self, uint32_t table, cu_bytes key) {
  node *at = memory_of(self)->root;
  for (int way; at != NULL && (way = order(table, key, at)) != 0;) at = at->side[way < 0 ? LEFT : RIGHT];
  return at;
}

static void replace(memory_store *store, node *gone, node *come) {
  if (gone != NULL) store->root = removed(store->root, gone);
  if (come != NULL) store->root = inserted(store->root, come);
}

/* Puts a node in the place of another, and notes it; without memory for the note nothing is done. */
static int32_t changed(memory_store *store, node *gone, node *come) {
  put(&store->changes, &(struct change){ gone, come }, sizeof(struct change));
  if (store->changes.failed != CU_OK) return store->changes.failed = CU_OK, release(come), CU_STORE_NO_MEMORY;
  return replace(store, gone, come), CU_OK;
}

static int32_t memory_set(cu_store *self, uint32_t table, cu_bytes key, cu_bytes value) {
  node *at = cu_allocate(NULL, sizeof *at + key.length + value.length);
  if (at == NULL) return CU_STORE_NO_MEMORY;
  uint8_t *bytes = (uint8_t *)(at + 1);
  *at = (node){ .table = table, .key = { bytes, key.length }, .value = { bytes + key.length, value.length } };
  if (key.length > 0) memcpy(bytes, key.at, key.length);
  if (value.length > 0) memcpy(bytes + key.length, value.at, value.length);
  return changed(memory_of(self), found(self, table, key), at);
}

static int32_t memory_get(cu_store *self, uint32_t table, cu_bytes key, cu_bytes *value) {
  const node *at = found(self, table, key);
  return at != NULL ? (*value = at->value, 1) : 0;
}

static int32_t memory_remove(cu_store *self, uint32_t table, cu_bytes key) {
  node *at = found(self, table, key);
  return at != NULL ? changed(memory_of(self), at, NULL) : CU_OK;
}

static int32_t memory_size(cu_store *self, uint32_t table, uint64_t *keys) {
  node *root = memory_of(self)->root;
  *keys = rank(root, (uint64_t)table + 1, (cu_bytes){ 0 }, false) - rank(root, table, (cu_bytes){ 0 }, false);
  return CU_OK;
}

static int32_t memory_next(cu_store *self, uint32_t table, const cu_bytes *after, bool descending, cu_bytes *key) {
  node *root = memory_of(self)->root;
  uint64_t from = (uint64_t)table + (descending && after == NULL);
  uint64_t number = rank(root, from, after != NULL ? *after : (cu_bytes){ 0 }, after != NULL && !descending);
  const node *at = descending && number == 0 ? NULL : nth(root, number - descending);
  if (at == NULL || at->table != table) return 0;
  return *key = at->key, 1;
}

static int32_t memory_next_table(cu_store *self, uint32_t from, uint32_t *table) {
  node *root = memory_of(self)->root;
  const node *at = nth(root, rank(root, from, (cu_bytes){ 0 }, false));
  return at != NULL ? (*table = (uint32_t)at->table, 1) : 0;
}

/* Ends a unit, of which the changes stay or, the last one first, are undone. */
static int32_t ended(memory_store *store, bool undo) {
  for (struct change last; store->changes.length > 0; release(undo ? last.come : last.gone)) {
    store->changes.length -= sizeof last;
    memcpy(&last, store->changes.at + store->changes.length, sizeof last);
    if (undo) replace(store, last.come, last.gone);
  }
  return CU_OK;
}

static int32_t memory_keep(cu_store *self) { return ended(memory_of(self), false); }

static int32_t memory_rollback(cu_store *self) { return ended(memory_of(self), true); }

static void release_all(node *at) { if (at != NULL) release_all(at->side[LEFT]), release_all(at->side[RIGHT]), release(at); }

static void memory_close(cu_store *self) {
  memory_keep(self);
  release_all(memory_of(self)->root);
  cu_buffer_end(&memory_of(self)->changes), release(self);
}

cu_store *cu_memory_store(void) {
  memory_store *store = cu_allocate(NULL, sizeof *store);
  if (store == NULL) return NULL;
  *store = (memory_store){ { memory_set, memory_get, memory_remove, memory_size, memory_next, memory_next_table, memory_keep, memory_keep, memory_rollback,
    memory_close, false, 0 }, NULL, { 0 } };
  return &store->store;
}
