// Lints an OpenAPI document with Redocly's own rules: node lint.mjs DOCUMENT. Prints what it finds and exits
// with 1 if any of it is an error or a warning.
import { createConfig, lint } from '@redocly/openapi-core';

const config = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    // Every address answers with problems for 4XX and 5XX alike, listed as ranges.
    'operation-4xx-response': 'error',
    'operation-2xx-response': 'off', // signing in elsewhere answers with redirects alone
    'no-unused-components': 'error',
    'no-ambiguous-paths': 'off', // /jobs/cancel beside /jobs/{id}: fixed segments win, as RFC 6570 users expect
  },
});
const problems = await lint({ ref: process.argv[2], config });
for (const problem of problems) {
  const where = problem.location?.[0]?.pointer ?? '';
  console.log(`${problem.severity} ${problem.ruleId} ${where}: ${problem.message}`);
}
console.log(`${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
