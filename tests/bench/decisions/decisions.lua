-- What is measured: a loop that does nothing but count, and calls that change a table or nothing.
function _home.loop() local n = 0 for i = 1, 500000 do n = n + i % 7 end return n end
function _home.change(i) _home.n = i return i end
function _home.look() return _home.n end
