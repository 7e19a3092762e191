;; What the seeds of the fuzz target `unwind` are made of: small modules with the pseudo-imports of the link step.
;; --- a raise behind a call, and a try around it
(module (import "unwind" "throw" (func $throw)) (import "unwind" "try" (func $try (param i32 i32 i32)))
  (memory 1) (global $__stack_pointer (mut i32) (i32.const 1024)) (table 2 funcref) (elem (i32.const 1) $body)
  (func $may (param i32) (if (local.get 0) (then (call $throw))))
  (func $body (param i32 i32) (call $may (local.get 0)) (call $may (local.get 1)))
  (func (export "run") (param i32) (result i32) (call $try (i32.const 1) (local.get 0) (i32.const 0)) (local.get 0)))
;; --- results, loops, blocks with values
(module (import "unwind" "throw" (func $throw)) (import "unwind" "try" (func $try (param i32 i32 i32)))
  (memory 1) (global $__stack_pointer (mut i32) (i32.const 1024))
  (func $give (param i32) (result i64) (if (local.get 0) (then (call $throw) (unreachable))) (i64.const 7))
  (func (export "run") (param i32) (result f64) (local i64)
    (block (result f64) (loop $again (local.set 1 (call $give (local.get 0)))
      (br_if $again (i64.eqz (local.get 1)))) (f64.convert_i64_s (call $give (i32.const 0))))))
;; --- calls through a table, and a table of branches
(module (import "unwind" "throw" (func $throw)) (import "unwind" "try" (func $try (param i32 i32 i32)))
  (memory 1) (global $__stack_pointer (mut i32) (i32.const 1024)) (table 3 funcref) (elem (i32.const 1) $may $calm)
  (type $callee (func (param i32) (result i32)))
  (func $may (type $callee) (if (local.get 0) (then (call $throw))) (i32.const 1))
  (func $calm (type $callee) (local.get 0))
  (func (export "run") (param i32) (result i32)
    (block $c (block $b (block $a (br_table $a $b $c (local.get 0))) (return (call_indirect (type $callee) (i32.const 1) (i32.const 1))))
      (return (i32.const 5))) (call $may (i32.const 0))))
;; --- neither of them
(module (memory 1) (global (mut i32) (i32.const 1024)) (func (export "run") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
;; --- a throw at the end of a function, and one that nothing reaches
(module (import "unwind" "throw" (func $throw)) (import "unwind" "try" (func $try (param i32 i32 i32)))
  (memory 1) (global $__stack_pointer (mut i32) (i32.const 1024)) (table 2 funcref) (elem (i32.const 1) $body)
  (func $never (result i32) (call $throw) (unreachable))
  (func $body (param i32 i32) (drop (call $never)))
  (func (export "run") (param i32) (local i32) (local.set 1 (call $never)) (block (br 0) (call $throw))
    (call $try (i32.const 1) (local.get 0) (local.get 1)) (call $try (i32.const 1) (i32.const 0) (i32.const 0))))
;; --- what the file says of itself
(module (memory 1) (global (mut i32) (i32.const 1024)) (@custom "cu" "{\22version\22:\221\22,\22abi\22:1,\22features\22:[]}"))
