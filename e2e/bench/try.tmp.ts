import { Box } from '/work/main/e2e/bench/box.ts';
import { startReference } from '/work/main/e2e/bench/reference.ts';
import { quantile, timesOf } from '/work/main/e2e/bench/times.ts';
const box = await Box.start();
console.log(box.process.lastWords);
const ref = await startReference(box);
try {
  const [server] = await ref.realServers('DICOM');
  const path = `/virtual-services/${server.virtualServiceId}/real-servers/${server.id}`;
  let rev = server.revision; let w = 1; const dur=[];
  const patch = async () => { const a = await box.api.call('PATCH', `${path}?wait=converged`, { weight: w = 1 + (w % 200), reason: 'bench' }, { 'If-Match': `"${rev}"` }); rev = a.revision; if (a.convergence.state !== 'converged') throw new Error(JSON.stringify(a)); dur.push(a.convergence.nodes[0].durationMs); };
  for (let b=0;b<8;b++) { const t = await timesOf(250, patch); console.log('patch p50', quantile(t,.5).toFixed(2), 'p90', quantile(t,.9).toFixed(2), 'p99', quantile(t,.99).toFixed(2), 'max', Math.max(...t).toFixed(1), 'worker p50', quantile(dur.splice(0), .5).toFixed(2)); }
  const g = await timesOf(300, () => box.api.get(path)); console.log('get p50', quantile(g,.5).toFixed(2), quantile(g,.99).toFixed(2));
} finally { ref.stop(); console.log(box.process.lastWords); await box.stop(); }
