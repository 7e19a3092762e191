-- What does a method call through a chain of classes cost? Three levels of __index, with calls of the parent's method.

local TURNS <const> = 45000

local Shape = {}
Shape.__index = Shape

function Shape.new(class, name)
  return setmetatable({ name = name, moves = 0, x = 0, y = 0 }, class)
end

function Shape:move(dx, dy)
  self.x, self.y = self.x + dx, self.y + dy
  self.moves = self.moves + 1
  return self
end

function Shape:area() return 0 end

function Shape:describe() return #self.name + self:area() end

local Rectangle = setmetatable({}, { __index = Shape })
Rectangle.__index = Rectangle

function Rectangle.new(class, width, height)
  local self = Shape.new(class, "rectangle")
  self.width, self.height = width, height
  return self
end

function Rectangle:area() return self.width * self.height end

function Rectangle:scale(factor)
  self.width, self.height = self.width * factor % 31 + 1, self.height * factor % 29 + 1
  return self
end

local Square = setmetatable({}, { __index = Rectangle })
Square.__index = Square

function Square.new(class, side)
  return Rectangle.new(class, side, side)
end

function Square:move(dx, dy)
  return Rectangle.move(self, dx % 5, dy % 3)
end

local shapes = {
  Shape:new("point"), Rectangle:new(3, 4), Square:new(5), Rectangle:new(7, 2), Square:new(9),
}

local checksum = 0
for turn = 1, TURNS do
  for i = 1, #shapes do
    local shape = shapes[i]
    shape:move(turn % 7, i)
    if shape.scale then shape:scale(turn % 3 + 1) end
    checksum = checksum + shape:describe()
  end
end
for _, shape in ipairs(shapes) do checksum = checksum + shape.x * 3 + shape.y * 5 + shape.moves end
return checksum
