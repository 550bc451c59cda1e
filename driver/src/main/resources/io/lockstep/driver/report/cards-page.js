(function () {
  "use strict";
  const all = JSON.parse(document.getElementById("charts").textContent);
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  // hues that stay apart for readers who confuse red and green
  const hues = [212, 26, 286, 165];
  const hue = i => "hsl(" + hues[i % hues.length] + " 70% " + (dark.matches ? 66 : 40) + "%)";
  const short = v => v == null ? "–" : String(+v.toPrecision(4));

  // the lines through 0, behind the curves
  const zero = {
    hooks: {
      drawClear: u => {
        const ctx = u.ctx;
        const box = u.bbox;
        ctx.save();
        ctx.strokeStyle = colour("--faint");
        ctx.lineWidth = devicePixelRatio || 1;
        ctx.beginPath();
        const x = Math.round(u.valToPos(0, "x", true));
        const y = Math.round(u.valToPos(0, "y", true));
        if (x >= box.left && x <= box.left + box.width) {
          ctx.moveTo(x, box.top);
          ctx.lineTo(x, box.top + box.height);
        }
        if (y >= box.top && y <= box.top + box.height) {
          ctx.moveTo(box.left, y);
          ctx.lineTo(box.left + box.width, y);
        }
        ctx.stroke();
        ctx.restore();
      },
    },
  };

  const axis = (size, space) => ({
    font: "11px system-ui, sans-serif",
    stroke: () => colour("--quiet"),
    grid: { stroke: () => colour("--line"), width: 1 },
    ticks: { stroke: () => colour("--line"), width: 1, size: 4 },
    values: (u, splits) => splits.map(v => v == null ? "" : String(+v.toPrecision(6))),
    size: size,
    space: space,
  });

  const size = place => ({ width: place.clientWidth, height: 220 });

  function draw(place) {
    const curves = all.charts[place.dataset.of];
    const lines = curves.flatMap((curve, i) => [
      { label: curve.name || "value", x: curve.x, y: curve.y, colour: hue(i), slope: false },
      { label: curve.name ? "its slope" : "slope", x: curve.x, y: curve.slope, colour: hue(i), slope: true },
    ]);
    return new uPlot({
      ...size(place),
      plugins: [zero],
      scales: { x: { time: false } },
      axes: [axis(26, 44), axis(38, 28)],
      legend: { markers: { width: 2, dash: (u, i) => i > 0 && lines[i - 1].slope ? "dashed" : "solid" } },
      cursor: { points: { size: 6 }, drag: { x: false, y: false } },
      series: [{ label: all.axis, value: (u, v) => short(v) }].concat(lines.map(line => ({
        label: line.label,
        stroke: line.colour,
        width: line.slope ? 1.5 : 2,
        dash: line.slope ? [5, 4] : undefined,
        points: { show: false },
        spanGaps: true,
        pxAlign: 0,
        value: (u, v) => short(v),
      }))),
    }, uPlot.join(lines.map(line => [line.x, line.y])), place);
  }

  const plots = new Map();
  const places = document.querySelectorAll(".chart");
  const drawAll = () => places.forEach(place => {
    if (plots.has(place)) plots.get(place).destroy();
    plots.set(place, draw(place));
  });
  drawAll();
  dark.addEventListener("change", drawAll);
  new ResizeObserver(entries => entries.forEach(entry => {
    const plot = plots.get(entry.target);
    if (plot && plot.width !== entry.target.clientWidth) plot.setSize(size(entry.target));
  })).observe(document.querySelector(".cards"));
  addEventListener("resize", () => plots.forEach((plot, place) => plot.setSize(size(place))));
})();
