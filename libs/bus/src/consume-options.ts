/**
 * How a stream is followed: whoever follows must hear soon that it is gone, to look for the next one. The server says so, but
 * only to whoever has a request waiting there: a stream deleted while a reader begins says nothing. The client looks for
 * itself when two heartbeats are missing, and its own measure is 15 s.
 */
export const consumeOptions = { abort_on_missing_resource: true, idle_heartbeat: 2_000 };
