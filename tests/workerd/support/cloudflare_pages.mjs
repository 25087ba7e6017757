// What Cloudflare says in the place of a server that it cannot reach: a page for browsers, one line for other programs.

const HOST = 'home.example.net';
const RAY = '8f2d4c7b9e3a6f51';

/** The page of an error 5xx: the three boxes of browser, Cloudflare and host. */
export function errorPage(status, title) {
  return `<!DOCTYPE html>
<!--[if IE 8]>    <html class="no-js ie8 oldie" lang="en-US"> <![endif]-->
<!--[if gt IE 8]><!--> <html class="no-js" lang="en-US"> <!--<![endif]-->
<head>
<title>${HOST} | ${status}: ${title}</title>
<meta charset="UTF-8" />
<meta name="robots" content="noindex, nofollow" />
<link rel="stylesheet" id="cf_styles-css" href="/cdn-cgi/styles/main.css" />
</head>
<body>
<div id="cf-wrapper">
<div id="cf-error-details" class="p-0">
<header class="mx-auto pt-10"><h1><span class="inline-block">${title}</span> <span class="code-label">Error code ${status}</span></h1>
<div>Visit <a href="https://www.cloudflare.com/5xx-error-landing?utm_source=errorcode_${status}&utm_campaign=${HOST}">cloudflare.com</a> for more information.</div></header>
<div class="my-8"><div id="cf-browser-status">You<span>Browser</span> Working</div><div id="cf-cloudflare-status">Frankfurt<span>Cloudflare</span> Working</div>
<div id="cf-host-status">${HOST}<span>Host</span> Error</div></div>
<h2>What happened?</h2><p>There is an unknown connection issue between Cloudflare and the origin web server.</p>
<div class="cf-error-footer"><span>Cloudflare Ray ID: <strong>${RAY}</strong></span> <span id="cf-footer-ip">203.0.113.7</span></div>
</div>
</div>
</body>
</html>`;
}

/** The page of an error of the 1000s, which comes with 530. */
export function numberedPage(number, title) {
  return `<!DOCTYPE html>
<html class="no-js" lang="en-US">
<head><title>${title} | ${HOST} | Cloudflare</title><meta charset="UTF-8" /><meta name="robots" content="noindex, nofollow" /></head>
<body>
<div id="cf-wrapper">
<div id="cf-error-details" class="p-0">
<header><h1><span data-translate="error">Error</span> <span>${number}</span></h1>
<span>Ray ID: ${RAY} &bull;</span><h2>${title}</h2></header>
<section><h2 data-translate="what_happened">What happened?</h2><p>You've requested a page on a website (${HOST}) that is on the Cloudflare network.</p></section>
<div class="cf-error-footer"><span>Cloudflare Ray ID: <strong>${RAY}</strong></span> <span>Your IP: 203.0.113.7</span></div>
</div>
</div>
</body>
</html>`;
}

/** The headers of either, and of the one line `error code: 1033`. */
export function headersOf(type) {
  return { 'Content-Type': type, 'CF-RAY': `${RAY}-FRA`, 'Cache-Control': 'private, max-age=0, no-store', Server: 'cloudflare', 'Set-Cookie': '__cf_bm=abc; HttpOnly; Secure' };
}
