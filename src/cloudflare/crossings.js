// What the hot path asks of the platform, each in one crossing: a text costs less on its way than a call for each of its parts.

const ES256 = { name: 'ECDSA', hash: 'SHA-256' };

/** A line for each field. No name has a comma in it, and no value a line break (Fetch §2.2.2). */
export function fieldsOf(headers) {
  let fields = '';
  for (const [name, value] of headers) fields += `${name},${value}\n`;
  return fields;
}

/** The head of a request: its method, its URL, and its fields. */
export const headOf = (request) => `${request.method}\n${request.url}\n${fieldsOf(request.headers)}`;

/** An answer; its body is a stream, bytes, or null. */
export const answer = (status, fields, body) => new Response(body, { status, headers: headersOf(fields) });

/** Sends a request by a binding, or by the platform's own scope. */
export const send = (service, url, method, fields, body, signal) =>
  service.fetch(url, { method, headers: headersOf(fields), body, signal, redirect: 'manual' });

/** Signs with ES256. The message is copied: its memory is not the platform's. */
export const sign = (key, message) => crypto.subtle.sign(ES256, key, message.slice());

// A bell is rung with its number, whether all is well, and a value.

export const ringWhenSettled = (promise, ring, bell) =>
  void promise.then(
    (value) => ring(bell, true, value),
    (cause) => ring(bell, false, cause),
  );

export const ringAfter = (milliseconds, ring, bell) => setTimeout(ring, milliseconds, bell, true);

export function ringOnAbort(signal, ring, bell) {
  if (signal.aborted) ring(bell, true);
  else signal.addEventListener('abort', () => ring(bell, true));
}

// The constructor takes five times as long for a list of pairs.
function headersOf(fields) {
  const headers = new Headers();
  for (let start = 0; start < fields.length; ) {
    const comma = fields.indexOf(',', start);
    const end = fields.indexOf('\n', comma);
    headers.append(fields.slice(start, comma), fields.slice(comma + 1, end));
    start = end + 1;
  }
  return headers;
}
