// Both Workers in one script, for one click: what clients call goes to the data plane, everything
// else to the control plane. `docs/operations.md` says what two Workers do better.
import control from './control/index.js';
import edge from './edge/index.js';

export { Directory, Hub, Project, Shard } from './control/index.js';

export default {
  ...control,
  fetch(request, env, ctx) {
    const isForClients = new URL(request.url).pathname.startsWith('/v1/');
    return (isForClients ? edge : control).fetch(request, env, ctx);
  },
};
