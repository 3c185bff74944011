using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>The OpenAPI document that Microsoft.AspNetCore.OpenApi makes of the endpoints.</summary>
public sealed class ApiDocument
{
    [Fact]
    public async Task The_API_is_described_and_nothing_else()
    {
        var paths = await ReadAsync();

        Assert.Equal(
            [
                "/circuits/api/circuit",
                "/circuits/api/circuit/preview",
                "/circuits/api/circuit/{action}",
                "/circuits/api/circuits",
                "/circuits/api/session",
            ],
            paths.EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_fleet_is_described_where_there_is_one()
    {
        await using var fleet = await FleetApplication.StartAsync(
            others: 0,
            services: services => services.AddOpenApi(),
            map: app => app.MapOpenApi()
        );
        var document = await DocumentAsync(fleet.Web);
        var paths = document.GetProperty("paths");
        var order = paths.GetProperty("/circuits/api/fleet/directives").GetProperty("post");

        Assert.Equal(
            ["", "/audit get", "/directives get", "/directives post", "/members get", "/preview post"],
            paths
                .EnumerateObject()
                .Where(path => path.Name.StartsWith("/circuits/api/fleet", StringComparison.Ordinal))
                .SelectMany(path =>
                    path.Value.EnumerateObject().Select(method => $"{path.Name["/circuits/api/fleet".Length..]} {method.Name}")
                )
                .Select(path => path == " get" ? "" : path)
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["200", "400", "401", "403", "409", "415", "503"],
            order.GetProperty("responses").EnumerateObject().Select(response => response.Name)
        );
        Assert.Contains("force-open", order.GetProperty("description").GetString(), StringComparison.Ordinal);
        var id = Assert.Single(
            paths.GetProperty("/circuits/api/fleet/members").GetProperty("get").GetProperty("parameters").EnumerateArray()
        );
        Assert.Equal("id", id.GetProperty("name").GetString());
        Assert.True(
            document.GetProperty("components").GetProperty("schemas").GetProperty("FleetOrderRequest").TryGetProperty("properties", out _)
        );
    }

    [Fact]
    public async Task An_action_has_its_parameters_body_and_responses()
    {
        var action = (await ReadAsync()).GetProperty("/circuits/api/circuit/{action}").GetProperty("post");

        Assert.Equal(
            ["action path True", "group query False", "key query False", "name query False", "shared query False"],
            action
                .GetProperty("parameters")
                .EnumerateArray()
                .Select(parameter =>
                    $"{parameter.GetProperty("name").GetString()} {parameter.GetProperty("in").GetString()} {parameter.TryGetProperty("required", out var required) && required.GetBoolean()}"
                )
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["200", "400", "401", "403", "404", "415"],
            action.GetProperty("responses").EnumerateObject().Select(response => response.Name)
        );
        Assert.True(action.GetProperty("requestBody").GetProperty("content").TryGetProperty("application/json", out _));
        Assert.True(
            action.GetProperty("responses").GetProperty("403").GetProperty("content").TryGetProperty("application/problem+json", out _)
        );
        Assert.NotEqual("", action.GetProperty("summary").GetString());
        Assert.Contains("force-open", action.GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_circuit_has_a_schema()
    {
        await using var application = await StartAsync();
        var document = await DocumentAsync(application);
        var row = document.GetProperty("components").GetProperty("schemas").GetProperty("CircuitRow").GetProperty("properties");
        var shown = (await application.GetAsync("/api/circuits"))
            .EnumerateArray()
            .SelectMany(circuit => circuit.EnumerateObject())
            .Select(property => property.Name);

        Assert.Empty(shown.Except(row.EnumerateObject().Select(property => property.Name)));
    }

    private static async Task<JsonElement> ReadAsync()
    {
        await using var application = await StartAsync();
        return (await DocumentAsync(application)).GetProperty("paths");
    }

    private static Task<DashboardApplication> StartAsync() =>
        DashboardApplication.StartAsync(services: services => services.AddOpenApi(), map: app => app.MapOpenApi());

    private static async Task<JsonElement> DocumentAsync(DashboardApplication application) =>
        JsonDocument.Parse(await application.Client.GetStringAsync("/openapi/v1.json")).RootElement;
}
