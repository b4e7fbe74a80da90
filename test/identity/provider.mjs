// A certified OpenID Connect provider for the test: node provider.mjs PORT REDIRECT_URI
import { Provider } from 'oidc-provider';

const [port, redirect] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'pentad',
    client_secret: 'a secret of the test',
    redirect_uris: [redirect],
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  pkce: { required: () => true },
  cookies: { keys: ['only for the test'] },
  conformIdTokenClaims: false,
  claims: { openid: ['sub'], profile: ['preferred_username', 'name'], email: ['email', 'email_verified'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: `subject of ${id}`, preferred_username: id, name: `Name of ${id}`,
      email: `${id}@city.example`, email_verified: true,
    }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
