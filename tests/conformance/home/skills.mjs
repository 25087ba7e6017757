// A skill, as the extension `io.modelcontextprotocol/skills` has them (SEP-2640).

import { SkillsExtension, memorySkillFiles } from '@modelcontextprotocol/server/ext/skills';

const GREETING = `---
name: greeting
description: How to greet somebody who comes to the gate.
---

Say good day, and ask for the name. More is in references/WORDS.md.
`;

export const skills = await SkillsExtension.load(
  memorySkillFiles({ 'greeting/SKILL.md': GREETING, 'greeting/references/WORDS.md': 'Good day. Good evening.\n' }),
);
