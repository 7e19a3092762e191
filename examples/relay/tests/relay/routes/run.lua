-- Runs the body: what a route that is as bad as can be might do.
return function(request)
  return { body = { pcall(assert(load(request.body))) } }
end
