import type { Connect, Plugin, UserConfig } from 'vite';

/**
 * Answers `/config.json` from the environment, so that one build of the shop
 * works against any Pennon: the address is a fact of the place, not of the code.
 */
function configFromEnvironment(): Plugin {
  const answer: Connect.NextHandleFunction = (_request, response) => {
    const { PENNON_ENDPOINT, PENNON_KEY, PENNON_CONTROL } = process.env;
    response.setHeader('content-type', 'application/json');
    response.setHeader('cache-control', 'no-store');
    if (PENNON_ENDPOINT === undefined || PENNON_KEY === undefined) {
      response.statusCode = 404;
      response.end('{}');
      return;
    }
    response.end(
      JSON.stringify({ endpoint: PENNON_ENDPOINT, key: PENNON_KEY, control: PENNON_CONTROL }),
    );
  };
  return {
    name: 'config-from-environment',
    configureServer: (server) => void server.middlewares.use('/config.json', answer),
    configurePreviewServer: (server) => void server.middlewares.use('/config.json', answer),
  };
}

const config: UserConfig = {
  plugins: [configFromEnvironment()],
  build: { target: 'es2022', assetsInlineLimit: 0 },
};

export default config;
