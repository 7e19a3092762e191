-- How fast is float arithmetic on the fields of records? Five planets, simulated.

local sqrt = math.sqrt
local PI <const> = 3.141592653589793
local SOLAR_MASS <const> = 4 * PI * PI
local DAYS <const> = 365.24
local STEPS <const> = 50000

local bodies = {
  { x = 0, y = 0, z = 0, vx = 0, vy = 0, vz = 0, mass = SOLAR_MASS },
  { -- Jupiter
    x = 4.84143144246472090, y = -1.16032004402742839, z = -0.103622044471123109,
    vx = 0.00166007664274403694 * DAYS, vy = 0.00769901118419740425 * DAYS, vz = -0.0000690460016972063023 * DAYS,
    mass = 0.000954791938424326609 * SOLAR_MASS,
  },
  { -- Saturn
    x = 8.34336671824457987, y = 4.12479856412430479, z = -0.403523417114321381,
    vx = -0.00276742510726411120 * DAYS, vy = 0.00499852801234917238 * DAYS, vz = 0.0000230417297573763929 * DAYS,
    mass = 0.000285885980666130812 * SOLAR_MASS,
  },
  { -- Uranus
    x = 12.8943695621391310, y = -15.1111514016986312, z = -0.223307578892655734,
    vx = 0.00296460137564761618 * DAYS, vy = 0.00237847173959480950 * DAYS, vz = -0.0000296589568540237556 * DAYS,
    mass = 0.0000436624404335156298 * SOLAR_MASS,
  },
  { -- Neptune
    x = 15.3796971148509165, y = -25.9193146099879641, z = 0.179258772950371181,
    vx = 0.00268067772490389322 * DAYS, vy = 0.00162824170038242295 * DAYS, vz = -0.0000951592254519715870 * DAYS,
    mass = 0.0000515138902046611451 * SOLAR_MASS,
  },
}

local function advance(dt)
  local count = #bodies
  for i = 1, count do
    local a = bodies[i]
    local ax, ay, az, amass = a.x, a.y, a.z, a.mass
    local avx, avy, avz = a.vx, a.vy, a.vz
    for j = i + 1, count do
      local b = bodies[j]
      local dx, dy, dz = ax - b.x, ay - b.y, az - b.z
      local squared = dx * dx + dy * dy + dz * dz
      local magnitude = dt / (squared * sqrt(squared))
      local pull = b.mass * magnitude
      avx, avy, avz = avx - dx * pull, avy - dy * pull, avz - dz * pull
      pull = amass * magnitude
      b.vx, b.vy, b.vz = b.vx + dx * pull, b.vy + dy * pull, b.vz + dz * pull
    end
    a.vx, a.vy, a.vz = avx, avy, avz
    a.x, a.y, a.z = ax + dt * avx, ay + dt * avy, az + dt * avz
  end
end

local function energy()
  local sum = 0
  for i, a in ipairs(bodies) do
    sum = sum + 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, #bodies do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      sum = sum - a.mass * b.mass / sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return sum
end

local px, py, pz = 0, 0, 0
for _, body in ipairs(bodies) do
  px, py, pz = px + body.vx * body.mass, py + body.vy * body.mass, pz + body.vz * body.mass
end
local sun = bodies[1]
sun.vx, sun.vy, sun.vz = -px / SOLAR_MASS, -py / SOLAR_MASS, -pz / SOLAR_MASS

local before = energy()
for _ = 1, STEPS do advance(0.01) end
return string.format("%.9f %.9f", before, energy())
