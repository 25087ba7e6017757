// Prints a fresh GATELODGE_KEY: 32 random bytes, base64url.
import { randomBytes } from 'node:crypto';

process.stdout.write(`${randomBytes(32).toString('base64url')}\n`);
