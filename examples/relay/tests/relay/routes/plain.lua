-- Runs the body, and answers what that answers.
return function(request) return assert(load(request.body))(request) end
