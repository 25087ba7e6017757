// The bare pass-through with a class for each binding that Gatelodge has: what they take to start is no part of what the Worker takes.
import { DurableObject } from 'cloudflare:workers';

export { default } from './bare.mjs';

export class Ledger extends DurableObject {}
