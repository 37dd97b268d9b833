/** What a browser shows while no real server is available. HAProxy itself answers with it: nothing else must be up. */
export const fallbackPage = [
  '<!doctype html>',
  '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
  '<title>Service unavailable</title>',
  '<style>body{font:1.1rem/1.5 sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem}</style></head>',
  '<body><h1>Service unavailable</h1>',
  '<p>No server can answer at the moment. Please try again in a minute.</p></body></html>',
].join('');
