// Draws the charts of a report from the JSON in #data. Every word comes from there.
(() => {
  'use strict';
  const data = JSON.parse(document.getElementById('data').textContent);
  const words = data.words;
  const charts = new Map();  // id -> chart
  const darkScheme = matchMedia('(prefers-color-scheme: dark)');
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  let printing = false;

  const palettes = {
    light: {
      ink: '#1b2330', soft: '#5a6676', line: '#d9dee6', card: '#ffffff', none: '#eef1f5',
      series: ['#0b6e66', '#c2570c', '#3b5bdb', '#a61e6c', '#5c7a00', '#7048a8', '#00799c', '#8a5a2b'],
    },
    dark: {
      ink: '#e6eaf0', soft: '#a0acbb', line: '#3a4554', card: '#1a2029', none: '#222a35',
      series: ['#5cc9bd', '#f0a35e', '#91a7ff', '#f06cb3', '#b3d13c', '#b197fc', '#4fc3e8', '#d8a878'],
    },
  };
  // By what a line or node stands for: the same thing has the same colour in every chart.
  const roles = {
    jobs: ['#0b6e66', '#3fae9f'], simulation: ['#0b6e66', '#3fae9f'], training: ['#3b5bdb', '#7f97f5'],
    inference: ['#7048a8', '#b197fc'], boards: ['#2f7f9e', '#5fb3d1'], it: ['#2f7f9e', '#5fb3d1'],
    idle: ['#9aa5b1', '#7c8896'], network: ['#5c7a00', '#b3d13c'], fans: ['#8a5a2b', '#c99a6b'],
    psu: ['#c2570c', '#f0a35e'], chain: ['#b3261e', '#f08b84'], cooling: ['#2b7de0', '#74b0ff'],
    other: ['#6f7782', '#8f99a6'], reuse: ['#5c7a00', '#b3d13c'], grid: ['#3c4656', '#aeb8c6'],
    peak: ['#1b2330', '#e6eaf0'], pue: ['#a61e6c', '#f06cb3'], queue: ['#c2570c', '#f0a35e'],
    running: ['#0b6e66', '#5cc9bd'], dry_bulb: ['#c2570c', '#f0a35e'], wet_bulb: ['#2b7de0', '#74b0ff'],
    coolant: ['#a61e6c', '#f06cb3'], supply: ['#00799c', '#4fc3e8'], return: ['#7048a8', '#b197fc'],
    junction: ['#b3261e', '#f08b84'],
  };
  const ramps = {
    light: ['#f2f0e6', '#c7e0c8', '#7cc0b0', '#3393a0', '#1f5f8b', '#26245e'],
    dark: ['#20252e', '#27466b', '#20748b', '#3aa488', '#a5cf5c', '#fdf0a0'],
  };

  const dark = () => darkScheme.matches && !printing;
  const palette = () => (dark() ? palettes.dark : palettes.light);
  const colour = (role, index) =>
    roles[role] ? roles[role][dark() ? 1 : 0] : palette().series[index % palette().series.length];
  const paper = 660;  // a printed page is that wide, whatever the window is
  const narrow = (box) => !printing && box.clientWidth < 560;

  const escapes = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'};
  const safe = (text) => String(text).replace(/[&<>"']/g, (c) => escapes[c]);
  const shown = (value, digits = 5) =>
    value === null || value === undefined || Number.isNaN(value)
      ? words.no_value
      : value.toLocaleString(data.language, {maximumSignificantDigits: digits});
  const large = (value) => (Math.abs(value) >= 1000 ? Math.round(value).toLocaleString(data.language) : shown(value));
  const two = (n) => String(n).padStart(2, '0');
  // Times are of the local clock already, so that UTC functions show them as they are.
  const moment = (ms) => {
    const d = new Date(ms);
    return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ` +
      `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
  };
  const dot = (c) =>
    `<span style="display:inline-block;width:10px;height:10px;border-radius:5px;margin-right:6px;background:${c}"></span>`;
  const withUnit = (text, unit) => (unit ? `${text} ${unit}` : text);

  const tooltip = () => ({
    backgroundColor: palette().card, borderColor: palette().line, confine: true,
    extraCssText: 'max-width: min(460px, 85vw); white-space: normal; overflow-wrap: anywhere;',
    textStyle: {color: palette().ink, fontSize: 13},
  });

  // --- over time -------------------------------------------------------------------------------
  const points = (values) => values.map((value, i) => [data.times[i], value]);

  function band(line, c) {
    const common = {
      type: 'line', name: line.name, stack: `band ${line.name}`, symbol: 'none', silent: true,
      lineStyle: {opacity: 0}, itemStyle: {color: c}, stackStrategy: 'all', emphasis: {disabled: true},
    };
    return [
      {...common, data: points(line.low)},
      {...common, areaStyle: {color: c, opacity: 0.22},
        data: points(line.high.map((h, i) => (h === null ? null : h - line.low[i])))},
    ];
  }

  function series(panel) {
    const all = [];
    panel.lines.forEach((line, index) => {
      const c = colour(line.role, index);
      const peak = line.role === 'peak';
      if (line.low.length > 0) all.push(...band(line, c));
      all.push({
        type: 'line', name: line.name, symbol: 'none', data: points(peak ? line.high : line.mean),
        color: c, itemStyle: {color: c}, emphasis: {disabled: true}, z: 3,
        stack: panel.stacked && !peak ? 'all' : undefined,
        lineStyle: {width: panel.stacked && !peak ? 0.5 : 1.4, color: c, type: peak ? 'dotted' : 'solid'},
        areaStyle: panel.stacked && !peak ? {color: c, opacity: 0.85} : undefined,
      });
    });
    if (panel.mark > 0 && all.length > 0) {
      all[all.length - 1].markLine = {
        silent: true, symbol: 'none', precision: 9, data: [{yAxis: panel.mark}],
        lineStyle: {color: palette().ink, type: 'dashed', width: 1.2},
        label: {formatter: `${panel.mark_name} ${panel.mark.toFixed(3)}`, position: 'insideEndTop',
          color: palette().ink, textBorderColor: palette().card, textBorderWidth: 3},
      };
    }
    return all;
  }

  function panelTip(panel, items) {
    if (items.length === 0) return '';
    const at = items[0].dataIndex;
    const rows = panel.lines.map((line, index) => {
      const peak = line.role === 'peak';
      const value = peak ? line.high[at] : line.mean[at];
      let text = withUnit(shown(value), panel.unit);
      if (line.low.length > 0 && line.low[at] !== null) {
        text += ` (${shown(line.low[at])} – ${shown(line.high[at])})`;
      }
      return `<div>${dot(colour(line.role, index))}${safe(line.name)}: <b>${safe(text)}</b></div>`;
    });
    if (panel.stacked) {
      const sum = panel.lines.reduce((s, l) => s + (l.role === 'peak' ? 0 : l.mean[at] || 0), 0);
      rows.push(`<div>${safe(words.total)}: <b>${safe(withUnit(shown(sum), panel.unit))}</b></div>`);
    }
    const most = rows.length > 14 ? rows.slice(0, 14).concat('…') : rows;
    return `<div>${moment(data.times[at])}</div>${most.join('')}`;
  }

  function panelOption(panel, box) {
    const p = palette();
    const small = narrow(box);
    const many = panel.lines.length > 1;
    return {
      useUTC: true, animation: !still && !printing, animationDuration: 300, backgroundColor: 'transparent',
      textStyle: {fontFamily: 'inherit', color: p.ink},
      grid: {left: 8, right: small ? 12 : 24, top: many ? 44 : 26, bottom: 44, containLabel: true},
      legend: many
        ? {type: 'scroll', top: 0, left: 0, right: 8, textStyle: {color: p.ink}, pageTextStyle: {color: p.ink},
          pageIconColor: p.ink, itemWidth: 14, itemHeight: 9, icon: 'roundRect',
          data: panel.lines.map((line) => line.name)}
        : undefined,
      tooltip: {...tooltip(), trigger: 'axis', axisPointer: {lineStyle: {color: p.soft}},
        formatter: (items) => panelTip(panel, items)},
      xAxis: {type: 'time', axisLine: {lineStyle: {color: p.line}}, splitNumber: small ? 4 : 9,
        min: data.times[0], max: data.times[data.times.length - 1],
        axisLabel: {color: p.soft, hideOverlap: true}},
      yAxis: {type: 'value', name: panel.unit, scale: !panel.from_zero, min: panel.from_zero ? 0 : undefined,
        nameTextStyle: {color: p.soft, align: 'left'}, nameGap: 8, axisLabel: {color: p.soft, formatter: large},
        splitLine: {lineStyle: {color: p.line}}},
      dataZoom: [
        {type: 'inside', filterMode: 'none', zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false},
        {type: 'slider', show: !printing, filterMode: 'none', height: 16, bottom: 6, borderColor: p.line, showDataShadow: false,
          fillerColor: 'rgba(90,150,150,0.25)', textStyle: {color: p.soft}, brushSelect: false,
          labelFormatter: '', moveHandleSize: 4},
      ],
      series: series(panel),
    };
  }

  // All charts over time show the same part of the run.
  const view = {start: 0, end: 100};
  let passing = false;
  function show(start, end, source) {
    const width = Math.min(100, Math.max(end - start, 0.2));
    view.start = Math.min(Math.max(start, 0), 100 - width);
    view.end = view.start + width;
    passing = true;
    for (const panel of data.panels) {
      const chart = charts.get(panel.id);
      if (chart && panel.id !== source) chart.dispatchAction({type: 'dataZoom', start: view.start, end: view.end});
    }
    passing = false;
    const first = data.times[0];
    const length = data.times[data.times.length - 1] - first;
    const at = (share) => moment(first + length * share / 100);
    document.getElementById('shown').textContent = `${at(view.start)} – ${at(view.end)}`;
  }

  function act(name) {
    const {start, end} = view;
    const width = end - start;
    if (name === 'all') show(0, 100);
    if (name === 'closer') show(start + width / 4, end - width / 4);
    if (name === 'wider') show(start - width / 2, end + width / 2);
    if (name === 'earlier') show(start - width / 2, end - width / 2);
    if (name === 'later') show(start + width / 2, end + width / 2);
  }

  // --- maps ------------------------------------------------------------------------------------
  let layer = 0;

  // Colours go from the 0.5th to the 99.5th percentile: one odd hour does not wash out all others.
  function bounds(values) {
    const sorted = values.filter((v) => v !== null).sort((a, b) => a - b);
    if (sorted.length === 0) return [0, 1];
    const low = sorted[Math.floor(sorted.length * 0.005)];
    const high = sorted[Math.ceil(sorted.length * 0.995) - 1];
    return high > low ? [low, high] : [low, low + 1e-6 + Math.abs(low) * 1e-3];
  }

  function heatOption(box) {
    const p = palette();
    const one = data.heat.layers[layer];
    const small = narrow(box);
    const [low, high] = bounds(one.values);
    const cells = [];
    one.values.forEach((value, i) => {
      if (value === null) return;
      cells.push([Math.floor(i / 24), i % 24, Math.min(Math.max(value, low), high), value]);
    });
    const limit = (bound) => (Math.abs(bound) >= 1000 ? large(bound) : shown(bound, one.unit ? 3 : 4));
    const cut = (sign, bound, beyond) => `${one.values.some(beyond) ? `${sign} ` : ''}${withUnit(limit(bound), one.unit)}`;
    return {
      animation: false, backgroundColor: 'transparent', textStyle: {fontFamily: 'inherit', color: p.ink},
      grid: {left: 8, right: small ? 10 : 24, top: 12, bottom: 48, containLabel: true},
      tooltip: {...tooltip(), formatter: (item) =>
        `${safe(data.heat.days[item.value[0]])} ${two(item.value[1])}:00<br>${safe(one.name)}: ` +
        `<b>${safe(withUnit(shown(item.value[3], 5), one.unit))}</b>`},
      xAxis: {type: 'category', data: data.heat.days, axisLine: {lineStyle: {color: p.line}},
        axisTick: {show: false}, axisLabel: {color: p.soft, hideOverlap: true}, splitArea: {show: false}},
      yAxis: {type: 'category', data: Array.from({length: 24}, (_, h) => `${two(h)}:00`), inverse: true,
        axisLine: {lineStyle: {color: p.line}}, axisTick: {show: false}, axisLabel: {color: p.soft, interval: 5}},
      visualMap: {type: 'continuous', min: low, max: high, calculable: false, orient: 'horizontal', left: 'center',
        bottom: 0, itemWidth: 12, itemHeight: small ? 130 : 240, inRange: {color: dark() ? ramps.dark : ramps.light},
        text: [cut('≥', high, (v) => v > high), cut('≤', low, (v) => v !== null && v < low)],
        textStyle: {color: p.ink}, dimension: 2},
      series: [{type: 'heatmap', data: cells, progressive: 0, itemStyle: {borderWidth: 0}, emphasis: {disabled: true}}],
    };
  }

  // --- where the energy went -------------------------------------------------------------------
  function flowOption(box) {
    const p = palette();
    const small = narrow(box);
    const nodes = data.flows.nodes;
    const all = nodes[0].kwh;
    const share = (kwh) => `${(100 * kwh / all).toFixed(1)} %`;
    return {
      animation: false, backgroundColor: 'transparent', textStyle: {fontFamily: 'inherit', color: p.ink},
      tooltip: {...tooltip(), formatter: (item) => {
        const link = item.dataType === 'edge';
        const node = nodes[link ? Number(item.data.target) : item.dataIndex];
        const from = link ? `${safe(nodes[Number(item.data.source)].name)} → ` : '';
        return `${from}${safe(node.name)}<br><b>${safe(node.value)}</b>, ${share(node.kwh)} ${safe(words.of_grid)}`;
      }},
      series: [{
        type: 'sankey', left: 4, right: small ? 150 : 310, top: small ? 20 : 10, bottom: small ? 20 : 10, nodeGap: small ? 26 : 18, nodeWidth: 14,
        nodeAlign: 'justify', draggable: false, layoutIterations: 0, emphasis: {focus: 'adjacency'},
        data: nodes.map((node, i) => ({
          name: String(i), value: node.kwh, itemStyle: {color: colour(node.role, i), borderWidth: 0},
        })),
        links: data.flows.links.map((link) => ({
          source: String(link.from), target: String(link.to), value: link.kwh,
          lineStyle: {color: colour(nodes[link.to].role, link.to), opacity: dark() ? 0.4 : 0.3, curveness: 0.5},
        })),
        label: {
          color: p.ink, fontSize: small ? 11 : 13, textBorderColor: p.card, textBorderWidth: 3,
          width: small ? 148 : 300, overflow: 'truncate', lineHeight: small ? 13 : 16,
          formatter: (item) => {
            const node = nodes[Number(item.name)];
            return small ? `${node.name}\n${node.value}` : `${node.name}  ${node.value} (${share(node.kwh)})`;
          },
        },
      }],
    };
  }

  // --- bars, one for each centre ---------------------------------------------------------------
  function barOption(chart, box) {
    const p = palette();
    const small = narrow(box);
    const sums = chart.names.map((_, i) => chart.layers.reduce((s, l) => s + (l.values[i] || 0), 0));
    const layers = chart.layers.map((layer, index) => ({
      type: 'bar', name: layer.name, stack: 'all', data: layer.values, barMaxWidth: 44,
      color: colour(layer.role, index), emphasis: {disabled: true},
    }));
    // The sum stands at the end of each bar.
    layers.push({
      type: 'bar', name: words.total, stack: 'all', data: sums.map(() => 0), silent: true,
      label: {show: true, position: 'right', color: p.ink, formatter: (at) => shown(sums[at.dataIndex], 4)},
    });
    return {
      animation: !still && !printing, animationDuration: 300, backgroundColor: 'transparent',
      textStyle: {fontFamily: 'inherit', color: p.ink},
      grid: {left: 8, right: small ? 44 : 70, top: 56, bottom: 8, containLabel: true},
      legend: {type: 'scroll', top: 0, left: 0, right: 8, textStyle: {color: p.ink}, pageTextStyle: {color: p.ink},
        pageIconColor: p.ink, itemWidth: 14, itemHeight: 9, icon: 'roundRect',
        data: chart.layers.map((layer) => layer.name)},
      tooltip: {...tooltip(), trigger: 'axis', axisPointer: {type: 'shadow'},
        formatter: (items) => {
          const at = items[0].dataIndex;
          const rows = chart.layers.map((layer, index) => `<div>${dot(colour(layer.role, index))}${safe(layer.name)}: ` +
            `<b>${safe(withUnit(shown(layer.values[at], 4), chart.unit))}</b></div>`);
          rows.push(`<div>${safe(words.total)}: <b>${safe(withUnit(shown(sums[at], 4), chart.unit))}</b></div>`);
          return `<div>${safe(chart.names[at])}</div>${rows.join('')}`;
        }},
      xAxis: {type: 'value', name: chart.unit, nameLocation: 'end', nameTextStyle: {color: p.soft},
        axisLabel: {color: p.soft, formatter: large}, splitLine: {lineStyle: {color: p.line}}, position: 'top'},
      yAxis: {type: 'category', inverse: true, data: chart.names, axisTick: {show: false},
        axisLine: {lineStyle: {color: p.line}},
        axisLabel: {color: p.ink, width: small ? 90 : 200, overflow: 'break'}},
      series: layers,
    };
  }

  // --- all together ----------------------------------------------------------------------------
  const options = {
    heat: (box) => heatOption(box),
    flows: (box) => flowOption(box),
  };
  for (const chart of data.bars) options[chart.id] = (box) => barOption(chart, box);
  for (const panel of data.panels) options[panel.id] = (box) => panelOption(panel, box);

  function draw() {
    for (const [id, option] of Object.entries(options)) {
      const box = document.getElementById(`chart-${id}`);
      if (!box) continue;
      let chart = charts.get(id);
      if (!chart) {
        chart = echarts.init(box, null, {renderer: 'canvas', locale: data.language === 'en' ? 'EN' : 'ZH'});
        charts.set(id, chart);
        chart.on('datazoom', () => {
          if (passing) return;
          const zoom = chart.getOption().dataZoom[0];
          show(zoom.start, zoom.end, id);
        });
      }
      chart.resize({width: printing ? paper : 'auto'});
      chart.setOption(option(box), {notMerge: true});
    }
    if (data.panels.length > 0) show(view.start, view.end);
  }

  let width = 0;
  function resized() {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    draw();
  }

  for (const button of document.querySelectorAll('button[data-act]')) {
    button.addEventListener('click', () => act(button.dataset.act));
  }
  for (const choice of document.querySelectorAll('input[name=layer]')) {
    choice.addEventListener('change', () => {
      layer = data.heat.layers.findIndex((one) => one.id === choice.value);
      draw();
    });
  }
  let waiting = 0;
  addEventListener('resize', () => {
    clearTimeout(waiting);
    waiting = setTimeout(resized, 120);
  });
  darkScheme.addEventListener('change', draw);
  const print = (on) => {
    printing = on;
    draw();
  };
  addEventListener('beforeprint', () => print(true));
  addEventListener('afterprint', () => print(false));
  resized();
})();
