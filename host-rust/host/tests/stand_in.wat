;; A module with the contract's exports and imports, but without Lua: the first byte of the "code" chooses the action.
;;
;;   R bytes         leave the bytes as response         E bytes   leave them as error text
;;   N i32           answer the number and leave nothing T         trap
;;   I n, 5 x u32    call import n with these arguments; the response is its answer as an integer
;;   B n, 5 x u32    call import n with these arguments, and trap
;;   M p, n          the response is memory[p, p + n), without a frame of its own
;;   S               the response is the number of calls of compute so far, as an integer
;;   O               recurse for ever
;;
;; Memory: 4 pages. The I/O buffer is the second; the one block that lua_alloc gives is the third and fourth.
(module
  (import "env" "js_ext_table_set" (func $set (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "js_ext_table_get" (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "js_ext_table_delete" (func $delete (param i32 i32 i32) (result i32)))
  (import "env" "js_ext_table_size" (func $size (param i32) (result i32)))
  (import "env" "js_ext_table_keys" (func $keys (param i32 i32 i32) (result i32)))
  (memory (export "memory") 4 4)
  (global $blocks (mut i32) (i32.const 0))
  (global $home (mut i32) (i32.const 0))
  (global $calls (mut i32) (i32.const 0))

  (func (export "init") (result i32) (global.set $home (i32.const 1)) (i32.const 0))
  (func (export "get_buffer_ptr") (result i32) (i32.const 65536))
  (func (export "get_buffer_size") (result i32) (i32.const 65536))
  (func (export "get_memory_stats") (param $at i32)
    (i32.store (local.get $at) (i32.const 65536))
    (i32.store offset=4 (local.get $at) (global.get $blocks))
    (i32.store offset=8 (local.get $at) (memory.size)))
  (func (export "run_gc"))
  (func (export "attach_memory_table") (param i32) (global.set $home (local.get 0)))
  (func (export "get_memory_table_id") (result i32) (global.get $home))
  (func (export "sync_external_table_counter") (param i32))
  (func (export "set_memory_alias_enabled") (param i32))

  ;; Room for one block of 128 KiB less a byte; the count of blocks in use is the second figure of get_memory_stats.
  (func (export "lua_alloc") (param $ud i32) (param $ptr i32) (param $osize i32) (param $nsize i32) (result i32)
    (if (i32.eqz (local.get $nsize))
      (then (global.set $blocks (i32.sub (global.get $blocks) (i32.const 1))) (return (i32.const 0))))
    (if (i32.ge_u (local.get $nsize) (i32.const 131072)) (then (return (i32.const 0))))
    (global.set $blocks (i32.add (global.get $blocks) (i32.const 1)))
    (i32.const 131072))

  (func $forever (param i32) (result i32)
    (i32.add (call $forever (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))

  (func $copy (param $to i32) (param $from i32) (param $length i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $length)))
        (i32.store8 (local.get $to) (i32.load8_u (local.get $from)))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $next))))

  ;; A response with one integer.
  (func $integer (param $number i32) (result i32)
    (i32.store (i32.const 65536) (i32.const 0))
    (i32.store8 (i32.const 65540) (i32.const 2))
    (i64.store (i32.const 65541) (i64.extend_i32_s (local.get $number)))
    (i32.const 13))

  (func $import (param $at i32) (result i32)
    (local $n i32) (local $a i32) (local $b i32) (local $c i32) (local $d i32) (local $e i32)
    (local.set $n (i32.load8_u (local.get $at)))
    (local.set $a (i32.load offset=1 (local.get $at)))
    (local.set $b (i32.load offset=5 (local.get $at)))
    (local.set $c (i32.load offset=9 (local.get $at)))
    (local.set $d (i32.load offset=13 (local.get $at)))
    (local.set $e (i32.load offset=17 (local.get $at)))
    (if (i32.eq (local.get $n) (i32.const 0))
      (then (return (call $set (local.get $a) (local.get $b) (local.get $c) (local.get $d) (local.get $e)))))
    (if (i32.eq (local.get $n) (i32.const 1))
      (then (return (call $get (local.get $a) (local.get $b) (local.get $c) (local.get $d) (local.get $e)))))
    (if (i32.eq (local.get $n) (i32.const 2))
      (then (return (call $delete (local.get $a) (local.get $b) (local.get $c)))))
    (if (i32.eq (local.get $n) (i32.const 3))
      (then (return (call $size (local.get $a)))))
    (call $keys (local.get $a) (local.get $b) (local.get $c)))

  (func (export "compute") (param $code i32) (param $length i32) (result i32)
    (local $do i32) (local $rest i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (local.set $do (i32.load8_u (local.get $code)))
    (local.set $rest (i32.sub (local.get $length) (i32.const 1)))
    (local.set $code (i32.add (local.get $code) (i32.const 1)))
    (if (i32.eq (local.get $do) (i32.const 82)) ;; R
      (then
        (call $copy (i32.const 65536) (local.get $code) (local.get $rest))
        (return (local.get $rest))))
    (if (i32.eq (local.get $do) (i32.const 69)) ;; E
      (then
        (call $copy (i32.const 65536) (local.get $code) (local.get $rest))
        (return (i32.sub (i32.const -1) (local.get $rest)))))
    (if (i32.eq (local.get $do) (i32.const 78)) ;; N
      (then (return (i32.load (local.get $code)))))
    (if (i32.eq (local.get $do) (i32.const 73)) ;; I
      (then (return (call $integer (call $import (local.get $code))))))
    (if (i32.eq (local.get $do) (i32.const 66)) ;; B
      (then (drop (call $import (local.get $code))) (unreachable)))
    (if (i32.eq (local.get $do) (i32.const 77)) ;; M
      (then
        (local.set $rest (i32.load offset=4 (local.get $code)))
        (call $copy (i32.const 65536) (i32.load (local.get $code)) (local.get $rest))
        (return (local.get $rest))))
    (if (i32.eq (local.get $do) (i32.const 83)) ;; S
      (then (return (call $integer (global.get $calls)))))
    (if (i32.eq (local.get $do) (i32.const 79)) ;; O
      (then (return (call $forever (i32.const 0)))))
    (unreachable))

  (@custom "cu" "{\22version\22:\220.0.0\22,\22abi\22:1,\22features\22:[]}"))
