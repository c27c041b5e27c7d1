// The built-in monitors hold to the plugin contract; the example plugin runs the same suite beside itself.
import { builtInMonitors } from '../../src/monitors/built-in.js';
import { monitorContract } from './monitor.contract.js';

for (const definition of builtInMonitors) monitorContract(definition, [{ window: { seconds: 30 } }]);
