-- A function that remembers. Run it, reload the page, run it again.

if not _home.counter then
  local count = 0
  function _home.counter()
    count = count + 1
    return count
  end
end

print("The local variable `count` is now", _home.counter())
print("It lives in a closure, and the closure in this browser.")

-- Look at Home: the function is there, with its lines.
