// Does the server at home answer? One question, and a sentence about what to do if not.
import http from 'node:http';
import https from 'node:https';

const PATIENCE = 5000;

/**
 * Undefined when anything answers over HTTP, else a sentence.
 *
 * @param {string} origin the server's URL
 * @param {string} where the person wrote it
 */
export async function probe(origin, where) {
  const url = new URL(origin);
  try {
    await anyAnswer(url);
    return undefined;
  } catch (error) {
    return `${url.origin} ${reason(error, url, where)} Until it answers, calls get a 502; once it does, no restart is needed.`;
  }
}

function anyAnswer(url) {
  return new Promise((resolve, reject) => {
    const { get } = url.protocol === 'https:' ? https : http;
    const request = get(url, { headers: { accept: 'text/event-stream' }, signal: AbortSignal.timeout(PATIENCE) });
    request.once('response', () => {
      resolve();
      request.destroy();
    });
    request.on('error', reject);
  });
}

function reason(error, { hostname }, where) {
  const code = error.code ?? error.errors?.[0]?.code ?? '';
  if (code === 'ABORT_ERR') return `did not answer within ${PATIENCE / 1000} s. Is a firewall or a sleeping machine in between?`;
  if (code === 'ECONNREFUSED') return `refuses connections. Start the server there, or correct the port in ${where}.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `can't be reached: the name ${hostname} has no address. Correct it in ${where}, or check the DNS entry.`;
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return "can't be reached from here. Check the network, or the tunnel to it.";
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' || code === 'EPROTO') {
    return `does not speak TLS. If it is a plain server, write http:// in ${where}.`;
  }
  if (/CERT|SSL|TLS|SIGNED|ISSUER/.test(code)) return `shows a certificate that is not trusted (${code}). It needs one from a public authority for ${hostname}.`;
  if (code === 'ECONNRESET' || code.startsWith('HPE_')) return `does not answer in HTTP. If it speaks TLS, write https:// in ${where}.`;
  return `does not answer (${code || error.message}).`;
}
