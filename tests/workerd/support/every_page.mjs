// Every page that the Worker shows, with its title and the way to it. Those of nobody in particular come first.

import { Browser } from './browser.mjs';
import { OWNER_PASSWORD } from './edge.mjs';
import { crowdRegister, emptyRegister } from './page_stage.mjs';
import { enter } from './sign_in.mjs';
import { ordering } from './wrapped_edge.mjs';

const WRONG = 'certainly not this one';
const APPROVE = 'button[value=approve]';
/** So long is a form too old. */
const TOO_LONG = 601;

const owners = ({ edges }) => `${edges.main.url}/gatelodge`;

/** What a client asks for; all that there is, unless it says less. */
const request = ({ clients }, kind, replaced = {}) => clients[kind].authorization({ scope: undefined, ...replaced }).url;

const signIn = {
  title: 'Sign in',
  pages: {
    'sign-in': (visitor) => visitor.openAsStranger(request(visitor, 'website')),
    'sign-in-no-password': async (visitor) => {
      await visitor.openAsStranger(owners(visitor));
      await visitor.page.locator('[required]').evaluate((field) => (field.required = false));
      await visitor.givePassword('');
    },
    'sign-in-wrong-password': async (visitor) => {
      await visitor.openAsStranger(owners(visitor));
      await visitor.givePassword(WRONG);
    },
    'sign-in-throttled': (visitor) => beThrottled(visitor, [0, 0, 0, 0, 0]),
    'sign-in-throttled-for-long': (visitor) => beThrottled(visitor, [-900, -900, -900, -900, -900, -800, -700]),
    'sign-in-too-late': async (visitor) => {
      await visitor.edges.main.setClock(-TOO_LONG);
      await visitor.openAsStranger(owners(visitor));
      await visitor.edges.main.setClock(0);
      await visitor.givePassword(OWNER_PASSWORD);
    },
  },
};

let networks = 0;

/** Somebody at an address of its own has guessed at these times, and does so once more. */
async function beThrottled(visitor, times) {
  const { main } = visitor.edges;
  const from = { 'cf-connecting-ip': `203.0.113.${(networks += 1)}` };
  for (const time of times) {
    await main.setClock(time);
    await enter(new Browser({ headers: from }), owners(visitor), WRONG);
  }
  await visitor.sending(from, async () => {
    await visitor.openAsStranger(owners(visitor));
    await visitor.givePassword(WRONG);
  });
  await main.setClock(0);
}

const welcome = {
  title: 'Connect an app',
  pages: {
    welcome: (visitor) => visitor.openAsStranger(`${visitor.edges.main.url}/`),
    'welcome-open': (visitor) => visitor.openAsStranger(`${visitor.edges.open.url}/`),
  },
};

const unconfigured = {
  title: 'Not configured yet',
  pages: { unconfigured: (visitor) => visitor.openAsStranger(`${visitor.edges.unconfigured.url}/`) },
};

const untrusted = {
  title: 'This request cannot be trusted',
  pages: {
    'unknown-client': (visitor) => visitor.openAsStranger(request(visitor, 'website', { client_id: 'nobody' })),
    'other-redirect': (visitor) =>
      visitor.openAsStranger(request(visitor, 'website', { redirect_uri: 'https://other.example/callback' })),
  },
};

const notTaken = {
  'wrong-method': {
    title: 'Not in this way',
    pages: { 'wrong-method': (visitor) => visitor.submitFromElsewhere(owners(visitor)) },
  },
  unreadable: {
    title: 'The form cannot be read',
    pages: {
      'unreadable-form': (visitor) => visitor.submitFromElsewhere(`${owners(visitor)}/sign-in`, 'enctype="text/plain"'),
    },
  },
  stale: {
    title: 'This page is no longer good',
    pages: {
      'form-from-elsewhere': (visitor) => visitor.submitFromElsewhere(`${visitor.edges.main.url}/authorize`),
      'form-too-late': async (visitor) => {
        await visitor.edges.main.setClock(-TOO_LONG);
        await visitor.openAsOwner(request(visitor, 'website'));
        await visitor.edges.main.setClock(0);
        await visitor.submit(APPROVE);
      },
    },
  },
};

const consent = {
  title: 'Let this app in?',
  pages: Object.fromEntries(
    Object.entries({
      consent: ['website'],
      'consent-some-scopes': ['website', { scope: 'notes' }],
      'consent-described': ['described'],
      'consent-answered-elsewhere': ['elsewhere'],
      'consent-this-computer': ['computer'],
      'consent-app': ['app'],
      'consent-nameless': ['nameless'],
      'consent-invisible-name': ['invisible'],
      'consent-longest': ['longest'],
    }).map(([name, asked]) => [name, (visitor) => visitor.openAsOwner(request(visitor, ...asked))]),
  ),
};

const WRONG_REQUEST = { code_challenge_method: 'plain' };
const refused = {
  title: 'This app cannot connect',
  pages: {
    'refused-website': (visitor) => visitor.openAsOwner(request(visitor, 'website', WRONG_REQUEST)),
    'refused-app': (visitor) => visitor.openAsOwner(request(visitor, 'app', WRONG_REQUEST)),
  },
};

const unrecognised = {
  title: 'This app cannot be recognised',
  pages: { unrecognised: (visitor) => visitor.openAsOwner(request(visitor, 'undescribed')) },
};

const answered = {
  title: 'This request has been answered',
  pages: {
    answered: async (visitor) => {
      await visitor.openAsOwner(request(visitor, 'busy'));
      const { page } = visitor;
      const form = { ticket: await page.locator('[name=ticket]').inputValue(), decision: 'approve' };
      // What another tab has sent.
      const headers = { 'sec-fetch-site': 'same-origin' };
      await page.context().request.post(page.url(), { form, headers, maxRedirects: 0 });
      await visitor.submit(APPROVE);
    },
  },
};

const away = {
  title: 'Not now',
  pages: {
    'storage-away': (visitor) => visitor.openInTrouble(owners(visitor), ordering({ at: 'REGISTER', how: 'throw' })),
    'site-away': (visitor) => visitor.openAsStranger(`${visitor.edges.lenient.url}/wiki`),
  },
};

const owner = {
  title: 'Apps that you have let in',
  pages: {
    owner: (visitor) => visitor.openAsOwner(owners(visitor)),
    'owner-ledgers-away': (visitor) => visitor.openInTrouble(owners(visitor), ordering({ at: 'LEDGER', how: 'throw' })),
    'owner-nobody': async (visitor) => {
      await emptyRegister(visitor.edges.lenient);
      await visitor.openAsOwner(`${visitor.edges.lenient.url}/gatelodge`);
    },
    'owner-more': async (visitor) => {
      await crowdRegister(visitor.edges.lenient);
      await visitor.openAsOwner(`${visitor.edges.lenient.url}/gatelodge`);
    },
  },
};

/** Of the owner's page all is seen before `answered` adds to it. */
const KINDS = [
  signIn,
  welcome,
  unconfigured,
  untrusted,
  ...Object.values(notTaken),
  consent,
  refused,
  unrecognised,
  owner,
  away,
  answered,
];

/** `reach` brings a visitor to the page. */
export const EVERY_PAGE = KINDS.flatMap(({ title, pages }) =>
  Object.entries(pages).map(([name, reach]) => ({ name, title, reach })),
);
