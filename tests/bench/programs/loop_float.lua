-- How fast are loops over floats? The Mandelbrot set, counting the points that stay bounded.

local SIZE <const>, ITERATIONS <const> = 240, 80

local inside, steps = 0, 0
for row = 0, SIZE - 1 do
  local ci = 2.0 * row / SIZE - 1.0
  for column = 0, SIZE - 1 do
    local cr = 2.0 * column / SIZE - 1.5
    local zr, zi, zr2, zi2 = 0.0, 0.0, 0.0, 0.0
    local n = 0
    while n < ITERATIONS and zr2 + zi2 <= 4.0 do
      zi = 2.0 * zr * zi + ci
      zr = zr2 - zi2 + cr
      zr2, zi2 = zr * zr, zi * zi
      n = n + 1
    end
    steps = steps + n
    if n == ITERATIONS then inside = inside + 1 end
  end
end

return string.format("%d %d", inside, steps)
