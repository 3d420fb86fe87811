-- How Argo CD reads an InferenceEndpoint or an InferenceModel. What is being deleted it calls Progressing by itself, and
-- what is not there Missing.
--
-- Suspended holds a sync wave up for as long as it lasts, and Healthy lets the next one begin. So spec.paused, by which
-- an edit is not carried out, is Suspended; and an endpoint that is stopped, as was asked for, is Healthy: its
-- message says that it is stopped.

local function condition(kind)
  for _, row in ipairs((obj.status or {}).conditions or {}) do
    if row.type == kind then
      return row
    end
  end
  return {}
end

local function health(status, row)
  local message = row.reason or ""
  if row.message ~= nil and row.message ~= "" then
    message = message .. ": " .. row.message
  end
  return { status = status, message = message }
end

local ready = condition("Ready")
local stalled = condition("Stalled")

if obj.spec.paused == true then
  return { status = "Suspended", message = "spec.paused is true: the operator looks on and changes nothing" }
end
if (obj.status or {}).observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "the operator has not looked at this generation yet" }
end
if stalled.status == "True" then
  return health("Degraded", stalled)
end
if ready.status == "True" then
  return health("Healthy", ready)
end
return health("Progressing", ready)
