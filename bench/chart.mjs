// The ratios to the bare pass-through, as a chart.
import { init } from 'echarts';

const SIDES = [
  { names: ['provider'], title: 'workers-oauth-provider', colour: '#b7791f' },
  { names: ['unsigned', 'native'], title: 'Gatelodge, signature or heartbeats off', colour: '#63a4d8' },
  { names: ['gatelodge'], title: 'Gatelodge, as it comes', colour: '#1f5f99' },
];
const ROWS = [
  { title: 'a call', of: ({ calls }) => [calls?.alone, 'mean'] },
  { title: 'a call, 16 at a time', of: ({ calls }) => [calls?.together, 'mean'] },
  { title: 'a call in a session', of: ({ calls }) => [calls?.session, 'mean'] },
  { title: 'processor time of a call', of: ({ calls }) => [calls?.together, 'cpu'] },
  { title: 'an event on its way', of: ({ streams }) => [streams?.pingpong, 'mean'] },
  { title: 'memory of an idle stream', of: ({ memory }) => [memory?.streams, 'kib'] },
];
const [WIDTH, HEIGHT] = [860, 500];
const FONT = 'system-ui, Helvetica, Arial, sans-serif';

/** As SVG, or nothing if nothing of it was measured. Its background is its own, so that it is readable on light pages and on dark ones. */
export async function chartOf({ sections, processor, cores, date, versions }) {
  const measured = Object.fromEntries(Object.entries(sections).map(([name, section]) => [name, section.measured]));
  const rows = ROWS.map(({ title, of }) => ({ title, of: of(measured) })).filter(({ of: [sides] }) => sides);
  if (rows.length === 0) return undefined;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT },
    title: {
      text: 'Compared with a bare pass-through (shorter is better)',
      subtext: `medians of interleaved rounds, ${date}, workerd ${versions.workerd}\n${processor}, ${cores} cores, shared with the client and the server at home`,
      left: 16,
      top: 10,
      textStyle: { fontSize: 17, color: '#1f2328' },
      subtextStyle: { fontSize: 12, lineHeight: 17, color: '#57606a' },
    },
    legend: { bottom: 8, left: 16, itemGap: 48, textStyle: { color: '#1f2328' }, data: SIDES.map(({ title }) => title) },
    grid: { left: 190, right: 60, top: 104, bottom: 66 },
    xAxis: { type: 'value', min: 0, axisLabel: { formatter: '{value} ×', color: '#57606a' }, splitLine: { lineStyle: { color: '#e3e6ea' } } },
    yAxis: { type: 'category', inverse: true, data: rows.map(({ title }) => title), axisTick: { show: false }, axisLabel: { color: '#1f2328', fontSize: 13 } },
    series: SIDES.map((side, index) => seriesOf(side, rows, index === 0)),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

function seriesOf({ names, title, colour }, rows, hasMark) {
  return {
    name: title,
    type: 'bar',
    barGap: '10%',
    barCategoryGap: '28%',
    itemStyle: { color: colour },
    label: { show: true, position: 'right', formatter: ({ value }) => `${value.toFixed(2)} ×`, color: '#1f2328', fontSize: 11, textBorderColor: '#ffffff', textBorderWidth: 3 },
    data: rows.map(({ of: [sides, key] }) => sides[names.find((name) => name in sides)].ratio[key]),
    ...(hasMark && {
      markLine: { silent: true, symbol: 'none', lineStyle: { color: '#1f2328', type: 'dashed' }, label: { formatter: 'bare', position: 'start', color: '#57606a' }, data: [{ xAxis: 1 }] },
    }),
  };
}
