// Charts: data from json_script blocks, colours from CSS variables, ECharts loaded only where a chart is.
//
// <div data-chart="ID of the data" data-kind="line|bar|waterfall">; numbers may be strings (exact decimals).
//   line       {labels, unit?, places?, series: [{name, values, tone?, dashed?, area?, points?}],
//               marks?: [{series, label, note?, tone?}]}      one point of a series, at the place of its label
//   bar        {labels, unit?, places?, stacked?, horizontal?, series: [{name, values, tone?}]}
//   waterfall  {unit?, places?, steps: [{label, value, total?}]}   a total starts again from zero
// Tones: c1 … c5, good, bad. A null value is a gap. The unit stands at the axis, places are decimals always shown.

const charts = new Map();
let echarts;

const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--oc-${name}`).trim();
const colour = (tone) => variable(tone);
const language = document.documentElement.lang || "zh-Hans";
const written = (value, places = 0) => {
  const form = { minimumFractionDigits: places, maximumFractionDigits: places || 4 };
  return new Intl.NumberFormat(language, form).format(value).replace("-", "\u2212");
};
const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
const numeric = (value) => (value === null || value === "" ? null : Number(value));
const shown = (value, unit, places) =>
  value === null || value === undefined ? "—" : `${written(value, places)}${unit ? ` ${unit}` : ""}`;
const narrow = () => innerWidth < 700;
const fade = (tone, alpha) => echarts.color.modifyAlpha(colour(tone), alpha);

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

// A DOM node, not an HTML string: the policy forbids the style attributes of ECharts' own tooltip.
function tip(title, rows, note) {
  const box = element("div", "oc-tip", element("b", "", title));
  for (const [tone, name, value] of rows) {
    box.append(element("div", "", element("i", `oc-dot ${tone}`), element("span", "", name), element("b", "", value)));
  }
  if (note) box.append(element("small", "", note));
  return box;
}

const text = () => ({ fontFamily: variable("font"), color: variable("muted"), fontSize: 12 });
const tooltip = (formatter, pointer = "line") => ({
  trigger: "axis",
  confine: true,
  axisPointer: { type: pointer, lineStyle: { color: variable("hair") }, shadowStyle: { color: fade("c1", 0.06) } },
  backgroundColor: variable("card"),
  borderColor: variable("hair"),
  borderWidth: 1,
  padding: [9, 12],
  formatter,
});
const categories = (labels, extra = {}) => ({
  type: "category",
  data: labels,
  axisLine: { lineStyle: { color: variable("hair") } },
  axisTick: { show: false },
  axisLabel: { ...text(), margin: 12, hideOverlap: true },
  ...extra,
});
// The first and the last day are always named, within the edges of the chart.
const ENDS = {
  margin: 12,
  hideOverlap: true,
  showMinLabel: true,
  showMaxLabel: true,
  alignMinLabel: "left",
  alignMaxLabel: "right",
};
const values = (unit, beside = false) => ({
  type: "value",
  name: unit ?? "",
  nameLocation: "end",
  nameGap: beside ? 6 : 12,
  nameTextStyle: { ...text(), align: "left" },
  splitNumber: narrow() ? 3 : 4,
  splitLine: { lineStyle: { color: variable("grid") } },
  axisLabel: { ...text(), formatter: (value) => short.format(value).replace("-", "\u2212") },
});
const frame = (legend, right = 24, unit = "") => {
  const top = legend ? 42 : 20;
  return { left: 4, right, top: unit ? top + 16 : top, bottom: 2, containLabel: true };
};
const legend = (several) => ({
  show: several,
  top: 0,
  left: 0,
  itemWidth: 14,
  itemHeight: 8,
  textStyle: text(),
  icon: "roundRect",
});
const toneOf = (series, index) => series.tone ?? `c${(index % 5) + 1}`;

function line({ labels, unit, places, series, marks = [] }) {
  const several = series.length > 1;
  return {
    grid: frame(several, 36, unit),
    legend: legend(several),
    tooltip: tooltip((points) => {
      const at = points[0].dataIndex;
      const rows = series.map((one, i) => [toneOf(one, i), one.name, shown(numeric(one.values[at]), unit, places)]);
      const notes = marks.filter((mark) => mark.label === labels[at] && mark.note).map((mark) => mark.note);
      return tip(labels[at], rows, notes.join(" · "));
    }),
    xAxis: categories(labels, { boundaryGap: false, axisLabel: { ...text(), ...ENDS } }),
    yAxis: values(unit),
    series: series.map((one, i) => {
      const tone = toneOf(one, i);
      const numbers = one.values.map(numeric);
      const points = marks
        .filter((mark) => (mark.series ?? series[0].name) === one.name)
        .map((mark) => ({ mark, at: labels.indexOf(mark.label) }))
        .filter(({ at }) => at >= 0 && numbers[at] !== null)
        .map(({ mark, at }) => ({
          coord: [at, numbers[at]],
          itemStyle: { color: variable("card"), borderWidth: 2.5, borderColor: colour(mark.tone ?? "bad") },
        }));
      return {
        name: one.name,
        type: "line",
        data: numbers,
        showSymbol: Boolean(one.points),
        symbol: "circle",
        symbolSize: 7,
        lineStyle: { width: one.dashed ? 1.6 : 2.4, type: one.dashed ? [5, 5] : "solid", color: colour(tone) },
        itemStyle: { color: colour(tone) },
        areaStyle: one.area ? { color: fade(tone, 0.1) } : undefined,
        markPoint: { symbol: "circle", symbolSize: 10, silent: true, label: { show: false }, data: points },
      };
    }),
  };
}

function bar({ labels, unit, places, series, stacked = false, horizontal = false }) {
  const several = series.length > 1;
  const names = categories(labels, horizontal ? { inverse: true, axisLine: { show: false } } : {});
  return {
    grid: frame(several, horizontal && unit ? 36 : 24, horizontal ? "" : unit),
    legend: legend(several),
    tooltip: tooltip((points) => {
      const at = points[0].dataIndex;
      const row = (one, i) => [toneOf(one, i), one.name, shown(numeric(one.values[at]), unit, places)];
      return tip(labels[at], series.map(row));
    }, "shadow"),
    xAxis: horizontal ? values(unit, true) : names,
    yAxis: horizontal ? names : values(unit),
    series: series.map((one, i) => ({
      name: one.name,
      type: "bar",
      stack: stacked ? "all" : undefined,
      barMaxWidth: 30,
      data: one.values.map(numeric),
      itemStyle: { color: colour(toneOf(one, i)), borderRadius: stacked ? 0 : 4 },
    })),
  };
}

function waterfall({ unit, places, steps }) {
  let level = 0;
  const rows = steps.map(({ label, value, total }) => {
    const amount = numeric(value) ?? 0;
    const from = total ? 0 : level;
    level = total ? amount : level + amount;
    const tone = total ? "c1" : amount < 0 ? "bad" : "good";
    return { label, amount, low: Math.min(from, level), high: Math.max(from, level), tone, total };
  });
  const flat = narrow(); // on a phone the labels would collide: lay the bars down
  const names = categories(rows.map((row) => row.label), { inverse: flat, axisLabel: { ...text(), interval: 0 } });
  const sign = (row) => (row.total || row.amount <= 0 ? "" : "+") + written(row.amount, places);
  return {
    grid: frame(false, flat ? 78 : 8, flat ? "" : unit),
    tooltip: tooltip(([point]) => {
      const row = rows[point.dataIndex];
      return tip(row.label, [[row.tone, "", shown(row.amount, unit, places)]]);
    }, "shadow"),
    xAxis: flat ? values(unit, true) : names,
    yAxis: flat ? names : values(unit),
    series: [
      { type: "bar", stack: "steps", silent: true, itemStyle: { color: "transparent" }, data: rows.map((row) => row.low) },
      {
        type: "bar",
        stack: "steps",
        barMaxWidth: 38,
        data: rows.map((row) => ({ value: row.high - row.low, itemStyle: { color: colour(row.tone), borderRadius: 4 } })),
        label: { show: true, position: flat ? "right" : "top", ...text(), formatter: ({ dataIndex }) => sign(rows[dataIndex]) },
      },
    ],
  };
}

const kinds = { line, bar, waterfall };

function draw(box) {
  const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const chart = charts.get(box) ?? echarts.init(box, null, { renderer: "canvas" });
  charts.set(box, chart);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  chart.setOption({ animation: !still, animationDuration: 400, ...kinds[box.dataset.kind](data) }, true);
  box.dataset.drawn = "yes";
}

const resizing = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const chart = charts.get(target);
    if (chart && (chart.getWidth() !== target.clientWidth || chart.getHeight() !== target.clientHeight)) {
      chart.resize();
      draw(target);
    }
  }
});

async function refresh() {
  for (const [box, chart] of charts) {
    if (!box.isConnected) {
      chart.dispose();
      charts.delete(box);
    }
  }
  const boxes = [...document.querySelectorAll("[data-chart]:not([data-drawn])")];
  if (!boxes.length) return;
  echarts ??= await import(document.documentElement.dataset.echarts);
  for (const box of boxes) {
    draw(box);
    resizing.observe(box);
  }
}

addEventListener("oc:theme", () => charts.forEach((_chart, box) => draw(box)));
document.addEventListener("htmx:afterSettle", refresh);
await refresh();
