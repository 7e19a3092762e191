/*
 * The store in memory: a part of cu_host.c.
 *
 * One tree over table and key. Invariant: it is balanced by weight, no subtree has more than three times the nodes of its sibling, so every
 * way in it is short. The numbers of nodes also say how many keys a table has, and which key is the n-th.
 */
enum { LEFT, RIGHT };

typedef struct node {
  struct node *side[2];
  uint64_t nodes; /* of this subtree */
  cu_bytes value, key;
  uint64_t table; /* wider than an id, so that there is one behind the last */
} node;

/* How to undo a change. */
typedef struct change {
  enum { INSERTED, REPLACED, REMOVED } kind;
  node *node;
  cu_bytes value;
} change;

typedef struct memory_store {
  cu_store store; /* first */
  node *root;
  change *changes; /* of the unit, in their order */
  size_t count, room;
} memory_store;

static uint64_t nodes_of(const node *at) { return at == NULL ? 0 : at->nodes; }

static int order(uint64_t table, cu_bytes key, const node *at) {
  if (table != at->table) return table < at->table ? -1 : 1;
  size_t shared = key.length < at->key.length ? key.length : at->key.length;
  int order = shared > 0 ? memcmp(key.at, at->key.at, shared) : 0;
  return order != 0 ? order : (key.length > at->key.length) - (key.length < at->key.length);
}

static node *counted(node *at) {
  at->nodes = nodes_of(at->side[LEFT]) + 1 + nodes_of(at->side[RIGHT]);
  return at;
}

/* The node on this side comes up. */
static node *turned(node *at, int side) {
  node *up = at->side[side];
  at->side[side] = up->side[!side];
  up->side[!side] = counted(at);
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
  int side = order(fresh->table, fresh->key, at) < 0 ? LEFT : RIGHT;
  at->side[side] = inserted(at->side[side], fresh);
  return balanced(at);
}

static node *without_first(node *at, node **first) {
  if (at->side[LEFT] == NULL) return *first = at, at->side[RIGHT];
  at->side[LEFT] = without_first(at->side[LEFT], first);
  return balanced(at);
}

static node *removed(node *at, const node *gone) {
  if (at != gone) {
    int side = order(gone->table, gone->key, at) < 0 ? LEFT : RIGHT;
    at->side[side] = removed(at->side[side], gone);
    return balanced(at);
  }
  if (at->side[LEFT] == NULL || at->side[RIGHT] == NULL) return at->side[at->side[LEFT] == NULL];
  node *first, *right = without_first(at->side[RIGHT], &first);
  first->side[LEFT] = at->side[LEFT];
  first->side[RIGHT] = right;
  return balanced(first);
}

/* How many nodes are in front of a table and key, that one included or not; `found`, if not NULL, is that one. */
static uint64_t rank(node *at, uint64_t table, cu_bytes key, bool included, node **found) {
  uint64_t before = 0;
  if (found != NULL) *found = NULL;
  while (at != NULL) {
    int way = order(table, key, at);
    if (way == 0 && found != NULL) *found = at;
    int side = way > 0 || (way == 0 && included) ? RIGHT : LEFT;
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
  node *at;
  rank(((memory_store *)self)->root, table, key, true, &at);
  return at;
}

static void release(const void *block) {
  if (block != NULL) cu_allocate((void *)block, 0);
}

static void free_node(node *at) {
  release(at->value.at);
  release(at);
}

/* Notes a change; false if there is no memory for the note. */
static bool noted(memory_store *store, int kind, node *node, cu_bytes value) {
  if (store->count == store->room) {
    size_t room = store->room * 2 + 16;
    change *changes = cu_allocate(store->changes, room * sizeof *changes);
    if (changes == NULL) return false;
    store->changes = changes;
    store->room = room;
  }
  store->changes[store->count++] = (change){ kind, node, value };
  return true;
}

static int32_t memory_set(cu_store *self, uint32_t table, cu_bytes key, cu_bytes value) {
  memory_store *store = (memory_store *)self;
  node *old = found(self, table, key), *at = old != NULL ? old : cu_allocate(NULL, sizeof *at + key.length);
  uint8_t *copy = cu_allocate(NULL, value.length + 1);
  if (at == NULL || copy == NULL || !noted(store, old != NULL ? REPLACED : INSERTED, at, at->value)) {
    if (old == NULL) release(at);
    release(copy);
    return CU_STORE_NO_MEMORY;
  }
  if (value.length > 0) memcpy(copy, value.at, value.length);
  if (old == NULL) {
    *at = (node){ .table = table, .key = { (uint8_t *)(at + 1), key.length } };
    if (key.length > 0) memcpy(at + 1, key.at, key.length);
    store->root = inserted(store->root, at);
  }
  at->value = (cu_bytes){ copy, value.length };
  return CU_OK;
}

static int32_t memory_get(cu_store *self, uint32_t table, cu_bytes key, cu_bytes *value) {
  const node *at = found(self, table, key);
  if (at != NULL) *value = at->value;
  return at != NULL;
}

static int32_t memory_remove(cu_store *self, uint32_t table, cu_bytes key) {
  memory_store *store = (memory_store *)self;
  node *at = found(self, table, key);
  if (at == NULL) return CU_OK;
  if (!noted(store, REMOVED, at, at->value)) return CU_STORE_NO_MEMORY;
  store->root = removed(store->root, at);
  return CU_OK;
}

static int32_t memory_size(cu_store *self, uint32_t table, uint64_t *keys) {
  node *root = ((memory_store *)self)->root;
  *keys = rank(root, (uint64_t)table + 1, (cu_bytes){ 0 }, false, NULL) - rank(root, table, (cu_bytes){ 0 }, false, NULL);
  return CU_OK;
}

static int32_t memory_next(cu_store *self, uint32_t table, const cu_bytes *after, bool descending, cu_bytes *key) {
  node *root = ((memory_store *)self)->root;
  uint64_t from = (uint64_t)table + (descending && after == NULL);
  uint64_t number = rank(root, from, after != NULL ? *after : (cu_bytes){ 0 }, after != NULL && !descending, NULL);
  if (descending && number-- == 0) return 0;
  const node *at = nth(root, number);
  if (at == NULL || at->table != table) return 0;
  *key = at->key;
  return 1;
}

static int32_t memory_next_table(cu_store *self, uint32_t from, uint32_t *table) {
  node *root = ((memory_store *)self)->root;
  const node *at = nth(root, rank(root, from, (cu_bytes){ 0 }, false, NULL));
  if (at != NULL) *table = (uint32_t)at->table;
  return at != NULL;
}

static int32_t memory_keep(cu_store *self) {
  memory_store *store = (memory_store *)self;
  for (const change *last; store->count > 0; store->count--) {
    last = &store->changes[store->count - 1];
    if (last->kind == REPLACED) release(last->value.at);
    if (last->kind == REMOVED) free_node(last->node);
  }
  return CU_OK;
}

static int32_t memory_rollback(cu_store *self) {
  memory_store *store = (memory_store *)self;
  for (const change *last; store->count > 0; store->count--) {
    last = &store->changes[store->count - 1];
    if (last->kind == REMOVED) {
      store->root = inserted(store->root, last->node);
    } else if (last->kind == REPLACED) {
      release(last->node->value.at);
      last->node->value = last->value;
    } else {
      store->root = removed(store->root, last->node);
      free_node(last->node);
    }
  }
  return CU_OK;
}

static void free_nodes(node *at) {
  if (at == NULL) return;
  free_nodes(at->side[LEFT]);
  free_nodes(at->side[RIGHT]);
  free_node(at);
}

static void memory_close(cu_store *self) {
  memory_keep(self);
  free_nodes(((memory_store *)self)->root);
  release(((memory_store *)self)->changes);
  release(self);
}

cu_store *cu_memory_store(void) {
  memory_store *store = cu_allocate(NULL, sizeof *store);
  if (store == NULL) return NULL;
  memset(store, 0, sizeof *store);
  store->store = (cu_store){ memory_set, memory_get, memory_remove, memory_size, memory_next, memory_next_table, memory_keep, memory_keep,
    memory_rollback, memory_close, false, 0 };
  return &store->store;
}
