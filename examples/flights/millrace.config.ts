import { defineConfig } from 'millrace/config'

export default defineConfig({
  pipelines: ['flights', 'delays', 'weather', 'paths', 'report', 'late-legs'].map((name) => `pipelines/${name}.ts`),
  generated: '../../generated/flights',
  registry: { url: 'http://127.0.0.1:8081' },
  kafka: { brokers: ['127.0.0.1:9092'] },
})
