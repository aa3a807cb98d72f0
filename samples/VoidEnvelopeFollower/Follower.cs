using Plenum.VoidShm;

namespace Plenum.Samples.VoidEnvelopeFollower;

/// <summary>The first process: synthesises four voices at 48 kHz, follows their envelopes, publishes those 60 times a
/// second.</summary>
internal static class Follower
{
    private const int SampleRate = 48_000;
    private const int BlockSamples = 64;
    private const int Voices = 4;

    internal static void Run(string name, double seconds)
    {
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name, Voices, 1,
            new VoidWriterOptions { Owner = new VoidOwner("VoidEnvelopeFollower", "samples", "follower") });
        using var publisher = new VoidSignalPublisher(writer, sampleRate: 60, rampTime: TimeSpan.FromMilliseconds(15));
        var envelopes = new Envelope[Voices];
        float[] present = new float[Voices];
        publisher.Start();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(4));
        long start = Environment.TickCount64;
        long done = 0;
        while (done < (long)(seconds * SampleRate))
        {
            // An audio callback would be called by the sound card; here the clock says how many blocks are due.
            long due = (Environment.TickCount64 - start) * SampleRate / 1000;
            for (; done < due; done += BlockSamples)
            {
                ProcessBlock(done, envelopes, present);
                publisher.Submit(present);
            }

            pace.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
        }

        publisher.Dispose();
        Console.WriteLine($"follower: {done} samples of {Voices} voices, {publisher.Published} frames published");
    }

    private static void ProcessBlock(long first, Envelope[] envelopes, float[] present)
    {
        for (int voice = 0; voice < Voices; voice++)
        {
            for (int i = 0; i < BlockSamples; i++)
            {
                double t = (double)(first + i) / SampleRate;
                double beat = (t * (1 + voice)) % 1.0;
                double sound = Math.Sin(2 * Math.PI * (110 << voice) * t) * Math.Exp(-beat * 5);
                present[voice] = envelopes[voice].Next((float)sound);
            }
        }
    }

    /// <summary>Rises within about 2 ms, falls within about 80 ms.</summary>
    private struct Envelope
    {
        private const float Attack = 0.01f;
        private const float Release = 0.00026f;

        private float _level;

        internal float Next(float sample)
        {
            float loudness = Math.Abs(sample);
            _level += (loudness - _level) * (loudness > _level ? Attack : Release);
            return _level;
        }
    }
}
