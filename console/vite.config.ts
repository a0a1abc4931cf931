// Two pages are built: the console and the playground. They share no code, so the playground's
// size never counts for the console.
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

const server = process.env.SNAPLEDGER_SERVER ?? 'http://127.0.0.1:7878'

export default defineConfig({
  plugins: [svelte()],
  build: {
    manifest: true,
    modulePreload: { polyfill: false },
    // The server's policy allows no data: fonts or scripts, so every asset is a file.
    assetsInlineLimit: 0,
    target: 'es2022',
    chunkSizeWarningLimit: 8000,
    rollupOptions: {
      input: { console: 'index.html', playground: 'playground.html' },
      // The playground's packages bear hundreds of marks for other tools, which mean nothing here.
      onLog: (level, log, tell) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') tell(level, log)
      },
    },
  },
  worker: { format: 'es' },
  server: {
    proxy: { '/graphql': { target: server, ws: true }, '/v1': server, '/console.json': server, '/readyz': server, '/healthz': server },
  },
})
