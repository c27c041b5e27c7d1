// The import law: which room may know which, checked by `npm run imports`. Type-only imports count as imports.

const SHARED = '^src/(errors|metrics|time-limit)\\.ts$|^src/manifest/';
const EVENT_CONTRACTS =
  '^src/events/(prediction-batch|prediction-record|feedback-batch|picture|picture-progress|box-on-map|monitor-report|alert-transition|resource-sample)\\.ts$';
const REDIS = '^src/redis/';
const DATA_FOLDER = '^src/data-folder/';
const STORE_FACE = '^src/store/store\\.ts$';

/** What each room may import beside itself, what is shared, and the events' contracts. */
const LAW = {
  schema: [],
  resolvers: ['^src/schema/', '^src/serving/serving\\.ts$', '^src/registry/registry\\.ts$', STORE_FACE],
  registry: ['^src/onnx/'],
  serving: ['^src/batching/', '^src/registry/registry\\.ts$', '^src/queue/', '^src/events/', REDIS],
  queue: ['^src/events/', REDIS],
  batching: [],
  uploads: [],
  pictures: [],
  workers: [
    '^src/queue/',
    '^src/inference/(inference|name-outputs)\\.ts$',
    '^src/batching/',
    '^src/pictures/',
    '^src/events/',
    STORE_FACE,
    REDIS,
  ],
  inference: ['^src/onnx/'],
  events: [REDIS],
  monitors: ['^src/events/', REDIS],
  alerts: ['^src/events/', REDIS],
  store: [DATA_FOLDER],
  resources: ['^src/events/', REDIS],
  recorder: ['^src/events/', '^src/store/', REDIS],
  redis: [DATA_FOLDER],
  'data-folder': [],
  http: ['^src/resolvers/', '^src/uploads/(upload-store|kept-pictures)\\.ts$'],
  manifest: [],
  onnx: [],
  training: ['^src/onnx/', '^src/monitors/statistics/'],
};

const CLIENT = ['^src/(stop-wish|training/((picture-)?traffic|instance|random))\\.ts$'];

const BENCH_TOOLS = [
  '^src/(manifest|onnx|training)/',
  '^src/redis/find-redis-server\\.ts$',
  '^test/support/private-(redis|postgres)\\.ts$',
  '^models/orange-tree-detector/orchard/',
];
const MONITOR_PARTS = [
  ...BENCH_TOOLS,
  '^src/(metrics|events/prediction-(batch|codec)|monitors/(built-in|host|monitor|monitor-event-codec|plan))\\.ts$',
];
const REPLAY_PARTS = [
  '^src/events/(event-writer|prediction-(batch|codec))\\.ts$',
  '^src/redis/(connect|keys)\\.ts$',
];
const BASELINE_PARTS = [
  '^src/(errors|resolvers/.*)\\.ts$',
  '^src/events/prediction-record\\.ts$',
  '^src/serving/(serving|check-features)\\.ts$',
];

/** Which rooms a package that speaks to the outside is kept to. */
const PACKAGES = {
  'onnxruntime-node': ['inference'],
  bullmq: ['queue', 'workers'],
  redis: ['redis'],
  pg: ['store'],
  '@electric-sql/pglite': ['store'],
  '(fastify|graphql-jit)': ['http'],
  protobufjs: ['onnx'],
  nodemailer: ['alerts'],
  sharp: ['uploads', 'pictures'],
  'dejavu-fonts-ttf': ['pictures'],
};

const rooms = Object.entries(LAW).map(([room, allowed]) => ({
  name: `law-of-${room}`,
  comment: `src/${room} knows only its own files and: ${allowed.join(' ') || 'nothing else'}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: '\\.test\\.ts$' },
  to: {
    path: '^(src|models|test|scripts|examples|bench)/',
    pathNot: [`^src/${room}/`, SHARED, EVENT_CONTRACTS, ...allowed],
  },
}));

const packages = Object.entries(PACKAGES).map(([name, homes]) => ({
  name: `home-of-${name.replace(/\W+/g, '-').replace(/^-|-$/g, '')}`,
  comment: `${name} is used only in ${homes.map((home) => `src/${home}`).join(', ')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: [`^src/(${homes.join('|')})/`, '\\.test\\.ts$'] },
  to: { path: `(^|/)node_modules/(@types/)?${name}/` },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'the loop closes through streams and the store, never through an import',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...rooms,
    ...packages,
    {
      name: 'nobody-imports-the-entry',
      severity: 'error',
      from: { pathNot: '^src/(main|app|replay)\\.ts$|\\.test\\.ts$|^test/' },
      to: { path: '^src/(main|app|replay)\\.ts$|^src/roles/', pathNot: '^src/roles/' },
    },
    {
      name: 'roles-are-for-the-entry',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|app|replay)\\.ts$|^src/roles/' },
      to: { path: '^src/roles/' },
    },
    {
      name: 'config-is-pure',
      severity: 'error',
      from: { path: '^src/config\\.ts$' },
      to: { pathNot: '^node_modules/zod/' },
    },
    {
      name: 'settings-are-handed-in',
      comment: 'rooms get their settings as arguments',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: '^src/(roles|cli)/|\\.test\\.ts$' },
      to: { path: '^src/config\\.ts$' },
    },
    {
      name: 'errors-know-nothing',
      severity: 'error',
      from: { path: '^src/errors\\.ts$' },
      to: {},
    },
    {
      name: 'a-monitor-knows-the-contract-only',
      comment:
        'a plugin imports monitor.ts, window.ts, tumbling-window.ts, statistics/ and its own folder: no I/O, no timers',
      severity: 'error',
      from: { path: '^src/monitors/([^/]+)/', pathNot: '^src/monitors/(statistics|segments)/|\\.test\\.ts$' },
      to: {
        pathNot: [
          '^src/monitors/$1/',
          '^src/monitors/(monitor|(tumbling-)?window)\\.ts$',
          '^src/monitors/statistics/',
          '^node_modules/zod/',
          '^node_modules/@stdlib/',
        ],
      },
    },
    {
      name: 'statistics-are-pure',
      comment: 'zod reads their saved state',
      severity: 'error',
      from: { path: '^src/monitors/statistics/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^src/monitors/statistics/|^node_modules/(@stdlib|zod)/' },
    },
    {
      name: 'the-client-uses-the-public-api',
      comment: 'the simulator is a client like any other; only its traffic comes from here',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/', pathNot: ['^src/cli/', ...CLIENT] },
    },
    {
      name: 'an-example-uses-the-contract-only',
      severity: 'error',
      from: { path: '^examples/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^(src|models|test|scripts|bench)/',
        pathNot: '^src/monitors/monitor\\.ts$',
      },
    },
    {
      name: 'a-benchmark-measures-from-outside',
      comment:
        'what is measured runs as a process of its own and is asked over HTTP; models, and servers to run on, are made with what there is',
      severity: 'error',
      from: {
        path: '^bench/',
        pathNot: '^bench/(monitors/|subjects/(in-process|fill-stream|replay)-)|\\.test\\.ts$',
      },
      to: { path: '^(src|models|test|scripts|examples)/', pathNot: BENCH_TOOLS },
    },
    {
      name: 'a-baseline-is-made-of-the-doors-parts',
      comment:
        'the baselines answer the same contract from the same models, without what lies between door and model',
      severity: 'error',
      from: { path: '^bench/subjects/in-process-' },
      to: { path: '^(src|models|test|scripts|examples)/', pathNot: BASELINE_PARTS },
    },
    {
      name: 'a-budget-is-that-of-the-monitors-alone',
      severity: 'error',
      from: { path: '^bench/monitors/' },
      to: { path: '^(src|models|test|scripts|examples)/', pathNot: MONITOR_PARTS },
    },
    {
      name: 'a-replay-writes-as-a-worker-does',
      severity: 'error',
      from: { path: '^bench/subjects/(fill-stream|replay)-' },
      to: { path: '^(src|models|test|scripts|examples)/', pathNot: REPLAY_PARTS },
    },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '\\.test\\.ts$|^test/' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
