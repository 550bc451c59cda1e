(function () {
  "use strict";
  const chart = JSON.parse(document.getElementById("chart-data").textContent);
  const place = document.getElementById("chart");
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dark = matchMedia("(prefers-color-scheme: dark)");

  // Colours of many lines: hues by the golden angle, so that neighbours in the legend differ.
  const hue = i => "hsl(" + Math.round((212 + 137.508 * i) % 360) + " 65% " + (dark.matches ? 66 : 42) + "%)";

  const short = v => {
    if (v == null) return "–";
    const size = Math.abs(v);
    return v !== 0 && (size < 1e-3 || size >= 1e5) ? v.toExponential(2) : String(+v.toPrecision(4));
  };
  const tick = log => v => {
    if (v == null) return "";
    return log && v > 0 && (v < 1e-2 || v > 1e4) ? v.toExponential(0).replace("e+", "e") : String(+v.toPrecision(6));
  };

  function marks() {
    return {
      hooks: {
        draw: u => {
          const ctx = u.ctx;
          const scale = devicePixelRatio || 1;
          const box = u.bbox;
          ctx.save();
          ctx.font = "600 " + 12 * scale + "px system-ui, sans-serif";
          ctx.textBaseline = "top";
          ctx.textAlign = "left";
          chart.marks.forEach((mark, i) => {
            const x = Math.round(u.valToPos(mark.x, "x", true));
            if (x < box.left || x > box.left + box.width) return;
            ctx.strokeStyle = ctx.fillStyle = colour(mark.main ? "--mark" : "--quiet");
            ctx.lineWidth = (mark.main ? 2 : 1) * scale;
            ctx.setLineDash(mark.main ? [] : [4 * scale, 4 * scale]);
            ctx.beginPath();
            ctx.moveTo(x, box.top);
            ctx.lineTo(x, box.top + box.height);
            ctx.stroke();
            if (!mark.main && place.clientWidth < 480) return; // the table names them
            const width = ctx.measureText(mark.name).width;
            const gap = 6 * scale;
            const left = x + gap + width > box.left + box.width ? x - gap - width : x + gap;
            const y = box.top + (6 + 17 * i) * scale;
            ctx.globalAlpha = 0.85;
            ctx.fillStyle = colour("--panel");
            ctx.fillRect(left - 2 * scale, y - 2 * scale, width + 4 * scale, 16 * scale);
            ctx.globalAlpha = 1;
            ctx.fillStyle = colour(mark.main ? "--mark" : "--quiet");
            ctx.fillText(mark.name, left, y);
          });
          ctx.restore();
        },
      },
    };
  }

  function axis(spec, side) {
    // On a logarithmic axis one line a decade is enough.
    const decade = v => Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-9;
    const only = (u, splits) => spec.log ? splits.map(v => decade(v) ? v : null) : splits;
    return {
      label: spec.label,
      labelSize: 22,
      labelFont: "13px system-ui, sans-serif",
      font: "12px system-ui, sans-serif",
      stroke: () => colour("--quiet"),
      grid: { stroke: () => colour("--line"), width: 1, filter: only },
      ticks: { stroke: () => colour("--line"), width: 1, filter: only },
      values: (u, splits) => splits.map(tick(spec.log)),
      size: side === "y" ? 54 : 36,
    };
  }

  function scale(spec) {
    const wanted = { time: false, distr: spec.log ? 3 : 1 };
    if (spec.least != null) wanted.range = [spec.least, spec.most];
    return wanted;
  }

  const size = () => {
    const width = place.clientWidth;
    return { width: width, height: Math.round(Math.min(460, Math.max(300, width * 0.5))) };
  };

  let plot = null;
  function draw() {
    if (plot) plot.destroy();
    const lines = chart.series;
    const data = uPlot.join(lines.map(line => [line.x, line.y]));
    let coloured = 0;
    const single = lines.filter(line => !line.faint).length === 1;
    plot = new uPlot({
      ...size(),
      plugins: [marks()],
      scales: { x: scale(chart.x), y: scale(chart.y) },
      axes: [axis(chart.x, "x"), axis(chart.y, "y")],
      legend: { markers: { width: 2 } },
      cursor: { points: { size: 7 } },
      series: [{ label: chart.x.label, value: (u, v) => short(v) }].concat(lines.map(line => {
        const stroke = line.faint ? colour("--faint") : single ? colour("--accent") : hue(coloured++);
        return {
          label: line.name,
          stroke: stroke,
          width: line.faint ? 1 : 2,
          spanGaps: true,
          points: { show: false },
          value: (u, v) => short(v),
        };
      })),
    }, data, place);
  }

  draw();
  dark.addEventListener("change", draw);
  new ResizeObserver(() => { if (plot && plot.width !== place.clientWidth) plot.setSize(size()); }).observe(place);
})();
