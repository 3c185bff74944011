using PrometheusNet;

// A web application, which serves its own pages, or a worker, which has no web server.
switch (args)
{
    case ["worker", .. var others]:
        await StockWorker.RunAsync(others);
        break;
    default:
        await WebShop.RunAsync(args);
        break;
}
